import { computeCoverage } from '#/plans/coverage/compute-coverage.ts';
import type { Coverage } from '#/plans/coverage/coverage.ts';
import type { ClientFacts, EvidenceFacts } from '#/plans/facts.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { aReadyClient } from '../readiness/client.ts';

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

/** A ready client with these records besides. */
export const withRecords = (...records: EvidenceFacts[]) => {
  const facts = aReadyClient();
  facts.evidence.push(...records);
  return facts;
};

/** A ready client without any record of a code. */
export const withoutRecord = (code: string): ClientFacts => {
  const facts = aReadyClient();
  return { ...facts, evidence: facts.evidence.filter((record) => record.code !== code) };
};
