/** Rule 13: every data set of a priority activity was restored in a test inside the interval. A sample is no restore. */
import { byName } from '../readiness/graph.ts';
import { dataOf } from '../readiness/ladder.ts';
import { measureGaps } from '../readiness/restore-proof.ts';
import { found, type Rule } from './rule.ts';

export const restoreTests: Rule = (survey) => {
  const { facts, measures, intervalDays } = survey;
  const data = facts.activities
    .filter(({ isPriority }) => isPriority)
    .flatMap((activity) => dataOf(activity, survey));
  return byName([...new Set(data)]).flatMap((asset) => {
    const measure = measures.get(asset.id)!;
    const severity = measure.kind === 'failed' ? 'contradiction' : 'warning';
    const object = { kind: 'asset', id: asset.id, name: asset.name } as const;
    return measureGaps(asset, measure, intervalDays).map((reason) =>
      found('restore-tests', object, severity, reason),
    );
  });
};
