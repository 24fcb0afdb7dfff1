/** Rule 4: every priority activity reaches data, a team with a deputy, premises or remote work, and a supplier that was checked. */
import { byName } from '../readiness/graph.ts';
import { leafGaps } from '../readiness/leaves.ts';
import { found, type Rule } from './rule.ts';

export const leaves: Rule = ({ facts, graph }) =>
  byName(facts.activities.filter(({ isPriority }) => isPriority)).flatMap((activity) => {
    const { id, name } = activity;
    return leafGaps(activity, facts, graph).map((reason) =>
      found('leaves', { kind: 'activity', id, name }, 'warning', reason),
    );
  });
