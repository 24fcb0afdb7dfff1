import { sha256 } from '#/plans/canonical.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeCoverage, frameworksOf } from '#/plans/coverage/compute-coverage.ts';
import { type Evidence, findEvidence } from '#/plans/evidence.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import type { EvidenceView } from '../views/evidence.ts';

/** One record: what it says, whether it is as it was written, and every clause that it stands behind. */
export const evidencePages = [
  page({
    method: 'get',
    path: '/evidence/:id',
    summary: 'One record of evidence',
    params: One,
    run: async ({ work, locale, params: { id } }) => ({
      show: 'audit/evidence',
      data: await show(work, locale, await findEvidence(work, id)),
    }),
  }),
];

const PLACES: Record<string, string> = {
  activity: 'activities',
  asset: 'assets',
  plan: 'plans',
  'restore-test': 'restore-tests',
  'recovery-point': 'recovery-points',
  exercise: 'exercises',
  incident: 'incidents',
  scenario: 'scenarios',
  contact: 'contacts',
  'key-holder': 'key-holders',
  client: 'clients',
};

async function show(work: Work, locale: Locale, { content, ...evidence }: Evidence): Promise<EvidenceView> {
  const client = await findClient(work, evidence.client);
  const place = PLACES[evidence.subject.kind];
  return {
    client,
    evidence,
    content: JSON.stringify(JSON.parse(content), null, 2),
    isIntact: sha256(content) === evidence.sha256,
    subjectHref: place ? `/${place}/${evidence.subject.id}` : null,
    clauses: await clausesBehind(work, locale, evidence),
  };
}

/** One proof closes rows in many frameworks: these are they, for this client and as of now. */
async function clausesBehind(
  work: Work,
  locale: Locale,
  { id, client }: Pick<Evidence, 'id' | 'client'>,
): Promise<EvidenceView['clauses']> {
  const facts = (await loadFacts(work, [await findClient(work, client)])).get(client)!;
  const coverage = computeCoverage(facts, computeReadiness(facts), {
    frameworks: frameworksOf(facts),
    locale,
  });
  return coverage.frameworks.flatMap(({ framework, name, clauses }) =>
    clauses
      .filter(({ evidence }) => evidence.includes(id))
      .map(({ ref, paraphrase, state }) => ({
        framework,
        name,
        ref,
        paraphrase,
        state,
        href: `/clients/${client}/coverage?framework=${encodeURIComponent(framework)}`,
      })),
  );
}
