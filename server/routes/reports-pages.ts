import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { sha256 } from '#/plans/canonical.ts';
import { findClient } from '#/plans/clients.ts';
import { openReport } from '#/plans/reports/downloads.ts';
import { CLIENT_KINDS } from '#/plans/reports/kinds.ts';
import type { Subject } from '#/plans/reports/order.ts';
import { listReports } from '#/plans/reports/reports.ts';
import { NewReport, requestReport } from '#/plans/reports/requests.ts';
import type { ReportKind } from '#/plans/reports/snapshot.ts';
import { hasSubject, listSubjects } from '#/plans/reports/subjects.ts';
import type { Work } from '#/plans/work.ts';
import { page, type Route } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, One } from '../http/shapes.ts';
import { VERSIONS } from '../versions.ts';
import { type Form, form, type ReportListView, type ReportOffer } from '../views.ts';

const Asked = z.object({ subject: z.uuid().optional().describe('The record to make a document of') });

/** Reports: the list, asking for one, and its file. */
export const reportsPages = ({ documents }: Pick<Services, 'documents'>): Route[] => [
  page({
    method: 'get',
    path: '/clients/:client/reports',
    summary: 'Reports of a client',
    params: OfClient,
    query: Asked,
    run: async ({ work, params: { client }, query: { subject } }) => ({
      show: 'reports/list',
      data: await list(work, client, form(subject ? { subject } : {}), subject),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/reports',
    summary: 'Make a report',
    params: OfClient,
    body: NewReport,
    run: async ({ work, params: { client }, body }) => {
      await requestReport(work, client, body, VERSIONS);
      return { goTo: `/clients/${client}/reports` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'reports/list',
      data: await list(work, client, form(typed, problem)),
    }),
  }),
  ...['/reports/:id/file', '/api/v1/reports/:id/file'].map((path) =>
    page({
      method: 'get',
      path,
      summary: 'The file of a report',
      params: One,
      run: async ({ work, params: { id } }) => {
        const { key, name, sha256: recorded } = await openReport(work, id);
        return {
          download: { name, type: 'application/pdf', read: () => readWhole(documents, key, recorded) },
        };
      },
    }),
  ),
];

/** A file that is not the one on record is not handed out. */
async function readWhole(documents: Services['documents'], key: string, recorded: string): Promise<Buffer> {
  const body = await documents.get(key);
  if (sha256(body) !== recorded)
    throw new Error(`The stored report ${key} is not the one that was recorded.`);
  return body;
}

/** A kind that needs a record is offered once there is one; the record that was asked for stands first, however old. */
async function offersOf(work: Work, client: string, asked?: string): Promise<ReportOffer[]> {
  const offers: ReportOffer[] = [];
  for (const kind of CLIENT_KINDS) {
    const subjects = hasSubject(kind) ? await subjectsOf(work, client, kind, asked) : null;
    offers.push({ kind, subjects, isWithoutSubject: subjects?.length === 0 });
  }
  return offers;
}

async function subjectsOf(work: Work, client: string, kind: ReportKind, asked?: string): Promise<Subject[]> {
  const first = asked ? await listSubjects(work, client, kind, asked) : [];
  const others = await listSubjects(work, client, kind);
  return [...first, ...others.filter(({ id }) => id !== asked)];
}

async function list(work: Work, clientId: string, shown: Form, subject?: string): Promise<ReportListView> {
  const client = await findClient(work, clientId);
  const reports = await listReports(work, clientId);
  const offers = may(work, 'report.request') ? await offersOf(work, clientId, subject) : [];
  return {
    client,
    reports: reports.map((report) => ({
      report,
      isUnderWay: report.state === 'queued' || report.state === 'running',
    })),
    offers,
    form: shown,
  };
}
