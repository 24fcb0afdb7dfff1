/** Asks for a report: its snapshot is taken at once, and nothing that happens later changes it. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { allow, may } from '../access.ts';
import { record } from '../audit.ts';
import { canonical, sha256 } from '../canonical.ts';
import { findClient } from '../clients.ts';
import { invalid } from '../errors.ts';
import type { Work } from '../work.ts';
import { buildSnapshot, type SnapshotOrder } from './build-snapshot.ts';
import { LOCALES } from './head.ts';
import { CLIENT_KINDS } from './kinds.ts';
import type { Subject } from './order.ts';
import { findReport, type Report, seesAll } from './reports.ts';
import type { ClientKind } from './snapshot.ts';
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
      ...releaseOf(work, client),
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

/** What the client's own people ask for is theirs from the beginning; anything else waits until somebody releases it. */
const releaseOf = (work: Work, client: string | null) =>
  client === null || may(work, 'report.follow')
    ? { released_at: null, released_by: null }
    : { released_at: work.now, released_by: work.actor.name };

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
