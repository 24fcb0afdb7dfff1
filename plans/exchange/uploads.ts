/**
 * Files that were sent: what was read of them is kept for an hour with what it would do, so that somebody can look before
 * anything is done. Taking one over does what was shown, all of it or nothing.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { canonical, sha256 } from '../canonical.ts';
import { findClient } from '../clients.ts';
import { conflict, notFound } from '../errors.ts';
import type { Work } from '../work.ts';
import { type Refused, takeSteps } from './apply.ts';
import type { Table } from './cell.ts';
import { draft } from './draft.ts';
import { type Draft, type DraftRow, WHATS } from './drafted.ts';
import type { Known } from './known.ts';
import { readKnown } from './read-known.ts';
import { readTables } from './read-table.ts';
import { SHEETS, type SheetName } from './sheets.ts';

const KEPT_MS = 3_600_000;

export const SENT_KINDS = ['tables', 'mercator', 'ciso-assistant'] as const;
type SentKind = (typeof SENT_KINDS)[number];

/** Something about the file that is worth knowing and hinders nothing. */
export interface Note {
  key: string;
  params: Record<string, string | number>;
}

/** A file as it was read. */
export interface Sent {
  name: string;
  kind: SentKind;
  sha256: string;
  tables: Table[];
  notes: Note[];
}

const Counts = z.record(z.enum(SHEETS), z.record(z.enum(WHATS), z.int()));
export type Counts = z.infer<typeof Counts>;

/** What the file would do. Rows that change nothing are counted and not told. */
export interface Outlook {
  counts: Counts;
  rows: DraftRow[];
  problems: Refused[];
  notes: Note[];
  /** Hash of what is shown: the same only as long as file and client stay as they are. */
  version: string;
}

export interface Upload {
  id: string;
  client: string;
  name: string;
  kind: SentKind;
  sha256: string;
  sentBy: string;
  sentAt: string;
  takenAt: string | null;
  outlook: Outlook;
}

/** Keeps a file and tells what it would do. It is read only for who may take it over; nothing of the client is changed. */
export async function keepUpload(work: Work, client: string, read: () => Sent): Promise<Upload> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  const sent = read();
  const known = await readKnown(work, client);
  const drafted = draft(readTables(sent.tables), known);
  const refused = await tryOut(work, client, drafted, known);
  const outlook = outlookOf(drafted, refused, sent.notes);

  const { id } = await work.db
    .insertInto('exchange_uploads')
    .values({
      client_id: client,
      name: sent.name,
      kind: sent.kind,
      sha256: sent.sha256,
      content: JSON.stringify(sent.tables),
      outlook: JSON.stringify(outlook),
      sent_by: work.actor.name,
      sent_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { name, kind, sha256 } = sent;
  await record(work, 'exchange.received', { kind: 'exchange', id, client }, { name, kind, sha256 });
  return findUpload(work, id);
}

export async function findUpload(work: Work, id: string): Promise<Upload> {
  const row = await selectUpload(work, id).executeTakeFirst();
  if (!row) throw notFound('upload');
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    kind: row.kind as SentKind,
    sha256: row.sha256,
    sentBy: row.sent_by,
    sentAt: row.sent_at.toISOString(),
    takenAt: row.taken_at?.toISOString() ?? null,
    outlook: row.outlook as Outlook,
  };
}

/** Which file, and what was shown of it. */
export const TakingOver = z.object({
  sha256: z.string().describe('Of the file'),
  version: z.string().describe('Of what was shown'),
});

/** Does what was shown, by the client's own verbs. Where the client is not as it was then, it has to be looked at again. */
export async function takeUpload(work: Work, id: string, seen: z.infer<typeof TakingOver>): Promise<Upload> {
  allow(work, 'inventory.change');
  const upload = await findUpload(work, id);
  const { content, taken_at } = await selectUpload(work, id).forUpdate().executeTakeFirstOrThrow();
  if (taken_at) throw conflict('exchange.taken-already');
  if (seen.sha256 !== upload.sha256 || seen.version !== upload.outlook.version)
    throw conflict('exchange.not-what-was-shown');
  if (upload.outlook.problems.length > 0) throw conflict('exchange.has-problems');

  const known = await readKnown(work, upload.client);
  const drafted = draft(readTables(content as Table[]), known);
  if (versionOf(drafted) !== seen.version) throw conflict('exchange.changed-since');
  const refused = await takeSteps(work, upload.client, drafted.steps, known);
  if (refused.length > 0) throw conflict('exchange.changed-since');

  await work.db.updateTable('exchange_uploads').set({ taken_at: work.now }).where('id', '=', id).execute();
  const { name, kind, client, outlook } = upload;
  await record(
    work,
    'exchange.taken-over',
    { kind: 'exchange', id, client },
    { name, kind, sha256: upload.sha256, counts: outlook.counts },
  );
  return findUpload(work, id);
}

/** Looks at a kept file again, as the client is now. */
export async function refreshUpload(work: Work, id: string): Promise<Upload> {
  allow(work, 'inventory.change');
  const { client, takenAt, outlook } = await findUpload(work, id);
  if (takenAt) throw conflict('exchange.taken-already');
  const { content } = await selectUpload(work, id).forUpdate().executeTakeFirstOrThrow();
  const known = await readKnown(work, client);
  const drafted = draft(readTables(content as Table[]), known);
  const refused = await tryOut(work, client, drafted, known);
  await work.db
    .updateTable('exchange_uploads')
    .set({ outlook: JSON.stringify(outlookOf(drafted, refused, outlook.notes)) })
    .where('id', '=', id)
    .execute();
  return findUpload(work, id);
}

/** Forgets the files that nobody may take over any more. */
export async function forgetOldUploads({ db, now }: Work): Promise<void> {
  await db
    .deleteFrom('exchange_uploads')
    .where('sent_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}

const selectUpload = ({ db, now }: Work, id: string) =>
  db
    .selectFrom('exchange_uploads')
    .selectAll()
    .where('id', '=', id)
    .where('sent_at', '>=', new Date(now.getTime() - KEPT_MS));

/** Takes every step and undoes all of them: so what is told before is what the rules would say. */
async function tryOut(work: Work, client: string, { steps }: Draft, known: Known): Promise<Refused[]> {
  await sql`savepoint trial`.execute(work.db);
  const refused = await takeSteps(work, client, steps, known);
  await sql`rollback to savepoint trial`.execute(work.db);
  await sql`release savepoint trial`.execute(work.db);
  return refused;
}

function outlookOf(drafted: Draft, refused: Refused[], notes: Note[]): Outlook {
  const count = (sheet: SheetName) => {
    const own = drafted.rows.filter((row) => row.sheet === sheet);
    return Object.fromEntries(WHATS.map((what) => [what, own.filter((row) => row.what === what).length]));
  };
  return {
    counts: Object.fromEntries(SHEETS.map((sheet) => [sheet, count(sheet)])) as Counts,
    rows: drafted.rows.filter(({ what }) => what !== 'none'),
    problems: [...drafted.problems, ...refused],
    notes,
    version: versionOf(drafted),
  };
}

const versionOf = ({ rows, steps, problems }: Draft): string => sha256(canonical({ rows, steps, problems }));
