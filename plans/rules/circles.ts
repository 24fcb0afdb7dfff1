/** Rule 3: nothing waits for itself. */
import { namesOf } from '../readiness/graph.ts';
import { because } from '../readiness/reasons.ts';
import { found, type Rule } from './rule.ts';

export const circles: Rule = ({ graph }) =>
  graph.cycles.map((ids) => {
    const { id, name } = graph.assets.get(ids[0]!)!;
    const reason = because('readiness.dependency-cycle', { assets: namesOf(graph, ids) });
    return found('circles', { kind: 'asset', id, name }, 'contradiction', reason);
  });
