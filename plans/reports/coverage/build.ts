/** Gathers what a coverage report says, with the decisions on clauses that are in force. */
import { listClauseDecisions } from '../../clause-decisions.ts';
import { computeCoverage, frameworksOf } from '../../coverage/compute-coverage.ts';
import { computeReadiness } from '../../readiness/compute-readiness.ts';
import type { Work } from '../../work.ts';
import { numberEvidence } from '../numbered-evidence.ts';
import type { Built, ClientOrder } from '../order.ts';

export async function buildCoverage(work: Work, { facts, locale }: ClientOrder): Promise<Built<'coverage'>> {
  const frameworks = frameworksOf(facts);
  const coverage = computeCoverage(facts, computeReadiness(facts), { frameworks, locale });
  const decisions = await listClauseDecisions(work, facts.client.id);
  const cited = new Set(
    coverage.frameworks.flatMap(({ clauses }) => clauses.flatMap(({ evidence }) => evidence)),
  );
  return {
    kind: 'coverage',
    client: facts.client,
    versions: { catalogue: coverage.catalogueVersion },
    coverage,
    decisions: decisions
      .filter(({ isInForce, framework }) => isInForce && frameworks.includes(framework))
      .map(({ framework, ref, decision, reason, by, at, until }) => ({
        ...{ framework, ref, reason, by, at },
        state: decision,
        endsAt: until,
      })),
    evidence: numberEvidence(facts.evidence.filter(({ id }) => cited.has(id))),
  };
}
