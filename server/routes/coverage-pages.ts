import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { CATALOGUE } from '#/plans/coverage/catalogue.ts';
import { computeCoverage, frameworksOf } from '#/plans/coverage/compute-coverage.ts';
import { COVERAGE_STATES } from '#/plans/coverage/coverage.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import type { CoverageView } from '../views/coverage.ts';

/** Each clause of a framework, its state and the records behind it. */
export const coveragePages = [
  page({
    method: 'get',
    path: '/clients/:client/coverage',
    summary: 'Coverage by framework',
    params: OfClient,
    query: z.object({ framework: z.string().max(60).optional() }),
    run: async ({ work, locale, params: { client }, query: { framework } }) => ({
      show: 'clients/coverage',
      data: await show(work, locale, client, framework ?? null),
    }),
  }),
];

async function show(work: Work, locale: Locale, id: string, asked: string | null): Promise<CoverageView> {
  const client = await findClient(work, id);
  const facts = (await loadFacts(work, [client])).get(id)!;
  const coverage = computeCoverage(facts, computeReadiness(facts), {
    frameworks: frameworksOf(facts),
    locale,
  });
  const shown =
    coverage.frameworks.find(({ framework }) => framework === asked) ?? coverage.frameworks[0] ?? null;
  const known = shown && CATALOGUE.get(shown.framework);
  return {
    client,
    catalogueVersion: coverage.catalogueVersion,
    frameworks: coverage.frameworks.map(({ framework, name, provenShare, declaredShare, counts }) => ({
      id: framework,
      name,
      href: `/clients/${id}/coverage?framework=${encodeURIComponent(framework)}`,
      isShown: framework === shown?.framework,
      provenShare,
      declaredShare,
      contradicted: counts.contradicted,
    })),
    shown,
    appliesTo: known?.appliesTo[locale] ?? '',
    source: known?.source ?? '',
    levelName: known?.levels.find((level) => level.id === shown?.level)?.name[locale] ?? null,
    counts: COVERAGE_STATES.map((state) => ({ state, count: shown?.counts[state] ?? 0 })).filter(
      ({ count }) => count > 0,
    ),
    mayDecide: may(work, 'clause.decide'),
  };
}
