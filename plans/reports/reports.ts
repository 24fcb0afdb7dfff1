/** Reports: a snapshot of a client, drawn and sealed as a PDF that anyone can check. Here: what is told of one, and who sees it. */
import { z } from 'zod';
import { allow, may } from '../access.ts';
import { findClient } from '../clients.ts';
import { notFound, Refusal } from '../errors.ts';
import { Finding, findingOfRow } from '../findings.ts';
import { RunProgress } from '../run-progress.ts';
import type { Work } from '../work.ts';
import { progressOf } from '../work-progress.ts';
import { REPORT_KINDS } from './kinds.ts';
import type { ReportKind } from './snapshot.ts';

export const Report = z
  .object({
    id: z.uuid(),
    client: z.uuid().nullable().describe('Null: all clients'),
    kind: z.enum(REPORT_KINDS),
    subject: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    locale: z.string(),
    reference: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    released: z
      .object({ at: z.iso.datetime(), by: z.string() })
      .nullable()
      .describe('Null: the people of the client do not see it yet'),
    snapshotSha256: z.string(),
    sha256: z.string().nullable(),
    pages: z.int().nullable(),
    bytes: z.int().nullable(),
    fileRemovedAt: z.iso
      .datetime()
      .nullable()
      .describe('From then on only the record and its hashes are kept'),
    progress: RunProgress.nullable().describe('While it is made'),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof Report>;

export async function findReport(work: Work, id: string): Promise<Report> {
  allow(work, 'client.read');
  const row = await seenReports(work).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('report');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findReportForChange(work: Work, id: string): Promise<Report> {
  await work.db.selectFrom('reports').select('id').where('id', '=', id).forUpdate().execute();
  return findReport(work, id);
}

/** Reports of a client, newest first. */
export async function listReports(work: Work, client: string): Promise<Report[]> {
  await findClient(work, client);
  const rows = await seenReports(work)
    .where('client_id', '=', client)
    .orderBy('asked_at', 'desc')
    .limit(100)
    .execute();
  return rows.map(present);
}

/** Reports over all clients, newest first. */
export async function listPortfolioReports(work: Work): Promise<Report[]> {
  allow(work, 'portfolio-report.read');
  seesAll(work);
  const rows = await selectReports(work)
    .where('client_id', 'is', null)
    .orderBy('asked_at', 'desc')
    .limit(100)
    .execute();
  return rows.map(present);
}

export function seesAll({ clients }: Work): void {
  if (clients !== 'all') throw new Refusal('forbidden', 'report.portfolio-scope');
}

/** The people of a client see what was released to them. */
const seenReports = (work: Work) =>
  may(work, 'report.follow') ? selectReports(work) : selectReports(work).where('released_at', 'is not', null);

const selectReports = ({ db }: Work) =>
  db
    .selectFrom('reports')
    .select([
      'id',
      'client_id',
      'kind',
      'subject_id',
      'subject_name',
      'locale',
      'reference',
      'state',
      'asked_by',
      'asked_at',
      'finished_at',
      'released_at',
      'released_by',
      'file_removed_at',
    ])
    .select(progressOf('report', 'reports').as('progress'))
    .select(['snapshot_sha256', 'sha256', 'pages', 'bytes', 'finding', 'finding_code', 'finding_params']);

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof selectReports>['executeTakeFirst']>>>;

const present = (row: Row): Report => ({
  id: row.id,
  client: row.client_id,
  kind: row.kind as ReportKind,
  subject:
    row.subject_id === null || row.subject_name === null
      ? null
      : { id: row.subject_id, name: row.subject_name },
  locale: row.locale,
  reference: row.reference,
  state: row.state,
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  released:
    row.released_at === null || row.released_by === null
      ? null
      : { at: row.released_at.toISOString(), by: row.released_by },
  snapshotSha256: row.snapshot_sha256,
  sha256: row.sha256,
  pages: row.pages,
  bytes: row.bytes,
  fileRemovedAt: row.file_removed_at?.toISOString() ?? null,
  progress: row.progress ? RunProgress.parse(row.progress) : null,
  finding: findingOfRow(row),
});
