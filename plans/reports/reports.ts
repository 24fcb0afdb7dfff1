/** Reports: a snapshot of a client, drawn and sealed as a PDF that anyone can check. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { canonical, sha256 } from '../canonical.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound, Refusal } from '../errors.ts';
import { recordEvidence } from '../evidence.ts';
import { Finding, findingColumns, findingOfRow } from '../findings.ts';
import { findProviderKey } from '../keys.ts';
import { RunProgress } from '../run-progress.ts';
import type { Work } from '../work.ts';
import { progressOf } from '../work-progress.ts';
import { buildSnapshot, type SnapshotOrder } from './build-snapshot.ts';
import { LOCALES } from './head.ts';
import { CLIENT_KINDS, REPORT_KINDS } from './kinds.ts';
import type { Subject } from './order.ts';
import type { ClientKind, ReportKind } from './snapshot.ts';
import { hasSubject, listSubjects } from './subjects.ts';

export const NewReport = z.object({
  kind: z.enum(CLIENT_KINDS).default('readiness'),
  subject: z.uuid().nullable().default(null).describe('The record that it is about, where the kind has one'),
  locale: z.enum(LOCALES).default('fr'),
});
export type NewReport = z.infer<typeof NewReport>;

export const NewPortfolioReport = z.object({ locale: z.enum(LOCALES).default('fr') });
export type NewPortfolioReport = z.infer<typeof NewPortfolioReport>;

type Versions = SnapshotOrder['versions'];

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
    snapshotSha256: z.string(),
    sha256: z.string().nullable(),
    pages: z.int().nullable(),
    bytes: z.int().nullable(),
    progress: RunProgress.nullable().describe('While it is made'),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Report' });
export type Report = z.infer<typeof Report>;

/** Takes the snapshot now; the PDF is drawn from it by a job. */
export async function requestReport(
  work: Work,
  client: string,
  { kind, subject: subjectId, locale }: NewReport,
  versions: Versions,
  priority = 0,
): Promise<Report> {
  allow(work, 'report.request');
  await findClient(work, client);
  const subject = await subjectOf(work, client, kind, subjectId);
  const reference = newReference(work);
  const order = { kind, client, locale, reference, subject: subject?.id ?? '', versions };
  return keep(work, order, { subject, priority });
}

/** Of all clients. Whoever sees some of them may neither ask for it nor read it. */
export async function requestPortfolioReport(
  work: Work,
  { locale }: NewPortfolioReport,
  versions: Versions,
): Promise<Report> {
  allow(work, 'portfolio-report.request');
  seesAll(work);
  return keep(
    work,
    { kind: 'portfolio', locale, reference: newReference(work), versions },
    { subject: null, priority: 0 },
  );
}

const newReference = ({ now }: Work): string =>
  `RPR-${now.getUTCFullYear()}-${randomBytes(5).toString('hex').toUpperCase()}`;

function seesAll({ clients }: Work): void {
  if (clients !== 'all') throw new Refusal('forbidden', 'report.portfolio-scope');
}

async function keep(
  work: Work,
  order: SnapshotOrder,
  { subject, priority }: { subject: Subject | null; priority: number },
): Promise<Report> {
  const { kind, locale, reference } = order;
  const client = order.kind === 'portfolio' ? null : order.client;
  const snapshot = canonical(await buildSnapshot(work, order));
  const { id } = await work.db
    .insertInto('reports')
    .values({
      client_id: client,
      kind,
      subject_id: subject?.id ?? null,
      subject_name: subject?.name ?? null,
      locale,
      reference,
      asked_by: work.actor.name,
      asked_at: work.now,
      snapshot,
      snapshot_sha256: sha256(snapshot),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'report.requested',
    { kind: 'report', id, client },
    { what: kind, reference, snapshotSha256: sha256(snapshot) },
  );
  await work.enqueue('make-report', { reportId: id }, { priority });
  return findReport(work, id);
}

/** The record that a report of this kind is about, of this client; null where the kind has none. */
async function subjectOf(work: Work, client: string, kind: ClientKind, id: string | null) {
  if (!hasSubject(kind)) {
    if (id !== null) throw invalid('subject', 'report.subject-too-much');
    return null;
  }
  if (id === null) throw invalid('subject', 'report.no-subject');
  const found = (await listSubjects(work, client, kind, id)).at(0);
  if (!found) throw invalid('subject', 'report.no-such-subject');
  return found;
}

/** Marks a report as being drawn and tells from what. Null when it is finished already. */
export async function startReport(work: Work, id: string) {
  const report = await work.db
    .updateTable('reports')
    .set({ state: 'running' })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'reference', 'snapshot'])
    .executeTakeFirst();
  if (!report) return null;
  const { publicPart, sealedPrivate } = await findProviderKey(work, 'report-sealing');
  return {
    client: report.client_id,
    reference: report.reference,
    snapshot: report.snapshot,
    sealedKey: sealedPrivate,
    certificates: publicPart,
  };
}

/** Writes down where the finished file lies and what its hash is. Once. */
export async function finishReport(
  work: Work,
  id: string,
  file: { key: string; sha256: string; pages: number; bytes: number },
) {
  allow(work, 'work.finish');
  const report = await work.db
    .updateTable('reports')
    .set({
      state: 'done',
      finished_at: work.now,
      object_key: file.key,
      sha256: file.sha256,
      pages: file.pages,
      bytes: file.bytes,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'kind', 'reference', 'snapshot_sha256'])
    .executeTakeFirst();
  if (!report) return;
  await record(
    work,
    'report.made',
    { kind: 'report', id, client: report.client_id },
    { reference: report.reference, sha256: file.sha256 },
  );
  if (report.kind !== 'readiness' || report.client_id === null) return;
  const client = await findClient(work, report.client_id);
  await recordEvidence(work, {
    client: client.id,
    code: 'KPI',
    subject: { kind: 'client', id: client.id, name: client.name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: null,
    content: {
      report: id,
      reference: report.reference,
      snapshotSha256: report.snapshot_sha256,
      sha256: file.sha256,
    },
  });
}

export async function failReport(work: Work, id: string, found: Finding) {
  allow(work, 'work.finish');
  const report = await work.db
    .updateTable('reports')
    .set({ state: 'failed', finished_at: work.now, ...findingColumns(found) })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (report)
    await record(work, 'report.failed', { kind: 'report', id, client: report.client_id }, { finding: found });
}

export async function findReport(work: Work, id: string): Promise<Report> {
  allow(work, 'client.read');
  const row = await selectReports(work).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('report');
  return present(row);
}

/** Reports of a client, newest first. */
export async function listReports(work: Work, client: string): Promise<Report[]> {
  await findClient(work, client);
  const rows = await selectReports(work)
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

/** Where the file lies. The download itself goes into the trail. */
export async function openReport(
  work: Work,
  id: string,
): Promise<{ key: string; name: string; sha256: string }> {
  const report = await findReport(work, id);
  const { object_key } = await work.db
    .selectFrom('reports')
    .select('object_key')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (report.state !== 'done' || object_key === null || report.sha256 === null)
    throw conflict('report.not-ready');
  await record(
    work,
    'report.downloaded',
    { kind: 'report', id, client: report.client },
    { sha256: report.sha256 },
  );
  return { key: object_key, name: `${report.reference}.pdf`, sha256: report.sha256 };
}

/** Whether a file with this hash was issued here, as far as one may see. */
export async function findIssued({ db }: Work, hash: string): Promise<string | null> {
  const row = await db
    .selectFrom('reports')
    .select('reference')
    .where('sha256', '=', hash)
    .executeTakeFirst();
  return row?.reference ?? null;
}

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
  snapshotSha256: row.snapshot_sha256,
  sha256: row.sha256,
  pages: row.pages,
  bytes: row.bytes,
  progress: row.progress ? RunProgress.parse(row.progress) : null,
  finding: findingOfRow(row),
});
