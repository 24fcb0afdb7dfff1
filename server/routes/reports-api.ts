import { z } from 'zod';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { computeCoverage, frameworksOf } from '#/plans/coverage/compute-coverage.ts';
import { notFound } from '#/plans/errors.ts';
import { listPublicKeys } from '#/plans/keys.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { listReports, Report } from '#/plans/reports/reports.ts';
import { NewReport, requestReport } from '#/plans/reports/requests.ts';
import type { Work } from '#/plans/work.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, whole } from '../http/shapes.ts';
import { VERSIONS } from '../versions.ts';
import { CoverageAnswer, ReadinessAnswer } from './judged-shapes.ts';

const factsOf = async (work: Work, client: string) => {
  const facts = (await loadFacts(work, [await findClient(work, client)])).get(client);
  if (!facts) throw notFound('client');
  return facts;
};

/** Where a client stands, and the reports that say so. */
export const reportsApi = [
  api({
    method: 'get',
    path: '/clients/:client/readiness',
    summary: 'Recovery readiness of each activity, computed now',
    params: OfClient,
    output: ReadinessAnswer,
    run: async ({ work, params: { client } }) => computeReadiness(await factsOf(work, client)),
  }),
  api({
    method: 'get',
    path: '/clients/:client/coverage',
    summary: 'State of each clause with the records behind it, computed now',
    params: OfClient,
    output: CoverageAnswer,
    run: async ({ work, locale, params: { client } }) => {
      const facts = await factsOf(work, client);
      return computeCoverage(facts, computeReadiness(facts), { frameworks: frameworksOf(facts), locale });
    },
  }),
  api({
    method: 'get',
    path: '/clients/:client/reports',
    summary: 'Reports of a client, newest first',
    params: OfClient,
    output: listOf(Report),
    run: async ({ work, params: { client } }) => whole(await listReports(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/reports',
    summary: 'Take a snapshot and make a report of it',
    params: OfClient,
    body: NewReport,
    output: Report,
    status: 202,
    startsWork: true,
    run: ({ work, params: { client }, body }) => requestReport(work, client, body, VERSIONS),
  }),
  api({
    method: 'get',
    path: '/report-roots',
    summary: 'Certificates (PEM) that reports of this provider are checked against, newest first',
    output: listOf(z.string()),
    run: async ({ work }) => whole(await listPublicKeys(work, 'report-sealing')),
  }),
];
