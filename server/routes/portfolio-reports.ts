import { may } from '#/plans/access.ts';
import { listPortfolioReports, Report } from '#/plans/reports/reports.ts';
import { NewPortfolioReport, requestPortfolioReport } from '#/plans/reports/requests.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, whole } from '../http/shapes.ts';
import { VERSIONS } from '../versions.ts';
import { type Form, form, type PortfolioReportsView } from '../views.ts';

export const portfolioReportsApi = [
  api({
    method: 'get',
    path: '/reports',
    summary: 'Reports over all clients, newest first; only for who sees all of them',
    output: listOf(Report),
    run: async ({ work }) => whole(await listPortfolioReports(work)),
  }),
  api({
    method: 'post',
    path: '/reports',
    summary: 'Take a snapshot of all clients and make a report of it; only for who sees all of them',
    body: NewPortfolioReport,
    output: Report,
    status: 202,
    startsWork: true,
    run: ({ work, body }) => requestPortfolioReport(work, body, VERSIONS),
  }),
];

/** The provider's own reports. */
export const portfolioReportsPages = [
  page({
    method: 'get',
    path: '/portfolio/reports',
    summary: 'Reports over all clients',
    run: async ({ work }) => ({ show: 'portfolio/reports', data: await view(work, form()) }),
  }),
  page({
    method: 'post',
    path: '/portfolio/reports',
    summary: 'Make a report over all clients',
    body: NewPortfolioReport,
    run: async ({ work, body }) => {
      await requestPortfolioReport(work, body, VERSIONS);
      return { goTo: '/portfolio/reports' };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'portfolio/reports',
      data: await view(work, form(typed, problem)),
    }),
  }),
];

async function view(work: Work, shown: Form): Promise<PortfolioReportsView> {
  const reports = await listPortfolioReports(work);
  return {
    reports: reports.map((report) => ({
      report,
      isUnderWay: report.state === 'queued' || report.state === 'running',
    })),
    mayReport: may(work, 'portfolio-report.request'),
    form: shown,
  };
}
