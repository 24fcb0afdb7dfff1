import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { Coverage } from '#/plans/coverage/coverage.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';

export const coverageOf = (facts: ClientFacts): Coverage =>
  computeCoverage(facts, computeReadiness(facts), { frameworks: ['ISO22301', '2024/2690'], locale: 'en' });

/** A clause of either framework: their references do not overlap where tests ask. */
export function clause(facts: ClientFacts, ref: string) {
  const found = coverageOf(facts)
    .frameworks.flatMap(({ clauses }) => clauses)
    .find((one) => one.ref === ref);
  if (!found) throw new Error(`No clause ${ref}.`);
  return { ...found, keys: found.reasons.map(({ key }) => key) };
}
