import { may } from '#/plans/access.ts';
import { listChoices } from '#/plans/choices.ts';
import { findClient } from '#/plans/clients.ts';
import { deliverReport, listDeliveries, ReportDelivery } from '#/plans/reports/delivery/deliveries.ts';
import { ReportRecipient, WAYS } from '#/plans/reports/delivery/recipients.ts';
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
    path: '/reports/:id/deliveries',
    summary: 'To whom a report was sent, newest first',
    params: One,
    output: listOf(ReportDelivery),
    run: async ({ work, params: { id } }) => whole(await listDeliveries(work, id)),
  }),
  api({
    method: 'post',
    path: '/reports/:id/deliveries',
    summary: 'Send a released report to somebody by mail',
    params: One,
    body: ReportRecipient,
    output: ReportDelivery,
    status: 202,
    startsWork: true,
    run: ({ work, params: { id }, body }) => deliverReport(work, id, body),
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
  page({
    method: 'post',
    path: '/reports/:id/deliveries',
    summary: 'Send a report by mail',
    params: One,
    body: ReportRecipient,
    run: async ({ work, params: { id }, body }) => {
      await deliverReport(work, id, body);
      return { goTo: `/reports/${id}#deliveries` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'reports/show',
      data: await view(work, id, { deliver: form(typed, problem) }),
    }),
  }),
];

async function view(
  work: Work,
  id: string,
  shown: { release?: Form; deliver?: Form } = {},
): Promise<ReportView> {
  const report = await findReport(work, id);
  const mayFollow = may(work, 'report.follow');
  const { client, state, released, fileRemovedAt } = report;
  const hasFile = state === 'done' && fileRemovedAt === null;
  const mayDeliver = client !== null && released !== null && hasFile && may(work, 'report.release');
  return {
    client: client === null ? null : await findClient(work, client),
    report,
    isUnderWay: state === 'queued' || state === 'running',
    hasFile,
    mayRelease: client !== null && state === 'done' && released === null && may(work, 'report.release'),
    release: shown.release ?? form(),
    readers: mayDeliver ? ((await listChoices(work, client, ['readers'])).readers ?? []) : [],
    ways: WAYS,
    deliver: shown.deliver ?? form(),
    deliveries: mayFollow ? await listDeliveries(work, id) : [],
    mayFollow,
    downloads: mayFollow ? await listDownloads(work, id) : [],
  };
}
