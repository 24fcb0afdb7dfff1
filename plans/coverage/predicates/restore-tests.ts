/** What restore tests and integrity checks show. Failed, inconclusive and unfinished ones never count. */
import type { ActivityFacts, AssetFacts, EvidenceFacts, TestLevel } from '../../facts.ts';
import { dataOf } from '../../readiness/ladder.ts';
import {
  failureReasons,
  isAtLeast,
  isOlderThan,
  measureGaps,
  measureOf,
  type PassedTest,
} from '../../readiness/restore-proof.ts';
import { combine, type Finding, finding } from '../finding.ts';
import { type Held, type Predicate, traced } from '../held.ts';
import { because } from '../reasons.ts';
import { provingRecord } from '../records.ts';

/** From this level on a test shows that data can be read, if not how long a restore takes. */
const READABLE_FROM: TestLevel = 'L2b';
/** From this level on the content was fetched and its hash compared, without trusting the store. */
const INTEGRITY_FROM: TestLevel = 'L2a';

/** RST and rule 13: every data set of a priority activity was fully restored in a passed test inside the interval. */
export const restoreTests: Predicate = (held, maxAgeDays) => {
  if (held.priorities.length === 0)
    return finding('missing', [because('readiness.no-priority-activity', {})]);
  return combine(held.priorities.map((activity) => restoresOf(activity, held, maxAgeDays)));
};

/** INT: the latest integrity check of every data set is good and fresh. */
export const integrity: Predicate = (held, maxAgeDays) => {
  if (held.data.length === 0) return finding('missing', [because('coverage.no-record', { code: 'INT' })]);
  return combine(held.data.map((asset) => integrityOf(asset, held, maxAgeDays)));
};

function restoresOf(activity: ActivityFacts, held: Held, maxAgeDays: number | null): Finding {
  const data = dataOf(activity, held.survey);
  if (data.length === 0)
    return finding('missing', [because('readiness.no-data-set', { activity: activity.name })]);
  return combine(data.map((asset) => restoreOf(asset, held, maxAgeDays)));
}

function restoreOf(asset: AssetFacts, held: Held, maxAgeDays: number | null): Finding {
  const days = maxAgeDays ?? Number.POSITIVE_INFINITY;
  const measure = measureOf(held.survey.proof.get(asset.id)!, held.now, days);
  const gaps = measureGaps(asset, measure, days);
  if (measure.kind === 'failed') return finding('contradicted', gaps);
  if (measure.kind === 'never') return neverRestored(asset, held, days);
  const found = finding(measure.kind === 'stale' ? 'proven-late' : 'proven', gaps);
  return tracedTest(found, { code: 'RST', asset, test: measure.test }, held, null);
}

function neverRestored({ id, name }: AssetFacts, { survey, now }: Held, days: number): Finding {
  const { passed, hasInconclusive } = survey.proof.get(id)!;
  const read = passed.find(
    ({ reached, provedAt, finishedAt }) =>
      isAtLeast(reached, READABLE_FROM) && !isOlderThan(provedAt ?? finishedAt, now, days),
  );
  if (read)
    return finding('partial', [
      because('coverage.restore-below-level', { asset: name, level: read.reached }),
    ]);
  return finding('missing', [
    because(hasInconclusive ? 'coverage.test-inconclusive' : 'readiness.restore-never-measured', {
      asset: name,
    }),
  ]);
}

function integrityOf(asset: AssetFacts, held: Held, maxAgeDays: number | null): Finding {
  const { passed, failure, hasInconclusive } = held.survey.proof.get(asset.id)!;
  if (failure) return finding('contradicted', failureReasons(asset, failure));
  const test = passed.find(({ reached }) => isAtLeast(reached, INTEGRITY_FROM));
  if (test) return tracedTest(finding('proven'), { code: 'INT', asset, test }, held, maxAgeDays);
  const key = hasInconclusive ? 'coverage.test-inconclusive' : 'coverage.integrity-never-checked';
  return finding('missing', [because(key, { asset: asset.name })]);
}

/** A restore test that was recorded shows integrity as well. */
function tracedTest(
  found: Finding,
  { code, asset, test }: { code: 'RST' | 'INT'; asset: AssetFacts; test: PassedTest },
  { records, now }: Held,
  maxAgeDays: number | null,
): Finding {
  const isMeant = ({ subject, at }: EvidenceFacts) =>
    subject.kind === 'restore-test' ? subject.id === test.id : Date.parse(at) >= Date.parse(test.finishedAt);
  const find = (kind: string) => provingRecord(records, kind, `asset:${asset.id}`, { now, isMeant });
  const record = find(code) ?? find('RST');
  return traced(found, { code, subject: asset.name, at: test.finishedAt, record }, now, maxAgeDays);
}
