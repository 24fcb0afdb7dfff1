import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { listDownloads, ReportDownload } from '#/plans/reports/downloads.ts';
import { releaseReport } from '#/plans/reports/release.ts';
import { findReport, Report } from '#/plans/reports/reports.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';
import type { ReportView } from '../views/reports.ts';
import { type Form, form } from '../views.ts';

/** What becomes of one report once it is made. */
export const reportApi = [
  api({
    method: 'get',
    path: '/reports/:id',
    summary: 'One report; its file is at /reports/{id}/file, its tables at /reports/{id}/tables.xlsx',
    params: One,
    output: Report,
    run: ({ work, params: { id } }) => findReport(work, id),
  }),
  api({
    method: 'post',
    path: '/reports/:id/release',
    summary: 'Release a report: from then on the people of its client see it',
    params: One,
    output: Report,
    run: ({ work, params: { id } }) => releaseReport(work, id),
  }),
  api({
    method: 'get',
    path: '/reports/:id/downloads',
    summary: 'Who took the file of a report, newest first',
    params: One,
    output: listOf(ReportDownload),
    run: async ({ work, params: { id } }) => whole(await listDownloads(work, id)),
  }),
];

export const reportPages = [
  page({
    method: 'get',
    path: '/reports/:id',
    summary: 'One report',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'reports/show', data: await view(work, id) }),
  }),
  page({
    method: 'post',
    path: '/reports/:id/release',
    summary: 'Release a report',
    params: One,
    run: async ({ work, params: { id } }) => {
      await releaseReport(work, id);
      return { goTo: `/reports/${id}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'reports/show',
      data: await view(work, id, { release: form(typed, problem) }),
    }),
  }),
];

async function view(work: Work, id: string, shown: { release?: Form } = {}): Promise<ReportView> {
  const report = await findReport(work, id);
  const mayFollow = may(work, 'report.follow');
  const { client, state, released, fileRemovedAt } = report;
  return {
    client: client === null ? null : await findClient(work, client),
    report,
    isUnderWay: state === 'queued' || state === 'running',
    hasFile: state === 'done' && fileRemovedAt === null,
    mayRelease: client !== null && state === 'done' && released === null && may(work, 'report.release'),
    release: shown.release ?? form(),
    mayFollow,
    downloads: mayFollow ? await listDownloads(work, id) : [],
  };
}
