/** Rule 16: what the newest drill of each scenario fell short of. */
import { found, type Rule } from './rule.ts';

export const drills: Rule = ({ facts }) =>
  [...Map.groupBy(facts.drills, ({ scenario }) => scenario).values()]
    .flatMap(([newest]) => newest!.deviations)
    .map(({ object, reason }) =>
      found('drills', object, CONTRADICTING.includes(reason.key) ? 'contradiction' : 'warning', reason),
    );

/** Measured, and not as promised; the rest is not shown. */
const CONTRADICTING = ['rules.drill-late', 'rules.drill-data-old', 'rules.drill-failed'];
