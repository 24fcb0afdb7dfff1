/**
 * The log of an incident or exercise (main courante): what was known, decided and said, as it was written down. Entries are
 * chained, and none is ever changed: a correction is a new entry that names the one it corrects.
 */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { canonical, sha256 } from './canonical.ts';
import { invalid, notFound } from './errors.ts';
import { Text } from './text.ts';
import type { Work } from './work.ts';

export const LOG_ENTRY_KINDS = ['fact', 'decision', 'message', 'risk', 'waiver', 'correction'] as const;

export const NewLogEntry = z.object({
  at: z.iso
    .datetime({ offset: true })
    .nullable()
    .default(null)
    .describe('When it happened; now, unless said'),
  kind: z.enum(LOG_ENTRY_KINDS).default('fact'),
  text: Text(10_000).refine((text) => text.trim() !== '', { error: 'log.empty' }),
  corrects: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Number of the entry that a correction corrects'),
});
export type NewLogEntry = z.infer<typeof NewLogEntry>;

export const LogEntry = z
  .object({
    seq: z.int(),
    at: z.iso.datetime(),
    recordedAt: z.iso.datetime(),
    author: z.string(),
    kind: z.enum(LOG_ENTRY_KINDS),
    text: z.string(),
    corrects: z.int().nullable(),
    hash: z.string(),
  })
  .meta({ id: 'LogEntry' });
export type LogEntry = z.infer<typeof LogEntry>;

/** Whose log it is. */
export interface LogOf {
  kind: 'incident' | 'exercise';
  id: string;
}

const APPENDED = 'log.appended';

export const LOG_START = '0'.repeat(64);

/** Appends an entry. Who comes second waits for the first: one chain, without a gap. */
export async function appendLogEntry(work: Work, of: LogOf, entry: NewLogEntry): Promise<LogEntry> {
  allow(work, 'log.write');
  const client = await lockOwner(work, of);
  const at = entry.at ? new Date(entry.at) : work.now;
  if (at > work.now) throw invalid('at', 'log.in-the-future');
  if ((entry.kind === 'correction') !== (entry.corrects !== null))
    throw invalid('corrects', 'log.correction-of-what');

  const last = await lastEntry(work, of);
  if (entry.corrects !== null && entry.corrects > (last?.seq ?? 0))
    throw invalid('corrects', 'log.no-such-entry');
  const seq = (last?.seq ?? 0) + 1;
  const previous = last?.hash ?? LOG_START;
  const told = {
    seq,
    at: at.toISOString(),
    recordedAt: work.now.toISOString(),
    author: work.actor.name,
    kind: entry.kind,
    text: entry.text,
    corrects: entry.corrects,
  };
  const hash = hashOfEntry(previous, of, told);
  await work.db
    .insertInto('log_entries')
    .values({
      client_id: client,
      ...ownerColumns(of),
      seq,
      at,
      recorded_at: work.now,
      author: work.actor.name,
      kind: entry.kind,
      text: entry.text,
      corrects: entry.corrects,
      previous_hash: previous,
      hash,
    })
    .execute();
  await record(work, APPENDED, { kind: `${of.kind}-log`, id: of.id, client }, { seq, hash });
  return { ...told, hash };
}

/** The whole log, in the order in which it was written. */
export async function readLog(work: Work, of: LogOf): Promise<LogEntry[]> {
  await findOwner(work, of);
  return (await entriesOf(work, of)).map(present);
}

export const LogState = z
  .object({
    isIntact: z.boolean(),
    entries: z.int(),
    /** Number of the first entry that is not as it was written; null when all are. */
    at: z.int().nullable(),
    finding: z.enum(['missing', 'changed', 'unchained']).nullable(),
  })
  .meta({ id: 'LogState' });
export type LogState = z.infer<typeof LogState>;

/**
 * Computes every hash again. That the last entries were cut off shows in the audit trail, which has the hash of each;
 * so the trail is asked as well.
 */
export async function verifyLog(work: Work, of: LogOf): Promise<LogState> {
  await findOwner(work, of);
  const rows = await entriesOf(work, of);
  const broken = (at: number, finding: NonNullable<LogState['finding']>): LogState => ({
    isIntact: false,
    entries: rows.length,
    at,
    finding,
  });
  const fault = faultOf(of, rows.map(chained));
  if (fault) return broken(fault.at, fault.finding);
  const recorded = await countRecorded(work, of);
  if (recorded !== rows.length) return broken(rows.length + 1, 'missing');
  return { isIntact: true, entries: rows.length, at: null, finding: null };
}

/** An entry with the hash before it. */
export type ChainedEntry = LogEntry & { previousHash: string };

/** The first entry that is not as it was written, or null. */
export function faultOf(
  of: LogOf,
  entries: readonly ChainedEntry[],
): { at: number; finding: NonNullable<LogState['finding']> } | null {
  let previous = LOG_START;
  for (const [place, entry] of entries.entries()) {
    if (entry.seq !== place + 1) return { at: place + 1, finding: 'missing' };
    if (entry.previousHash !== previous) return { at: entry.seq, finding: 'unchained' };
    if (entry.hash !== hashOfEntry(previous, of, entry)) return { at: entry.seq, finding: 'changed' };
    previous = entry.hash;
  }
  return null;
}

/** SHA-256 over the hash before, a newline, and the entry as canonical JSON with whose log it is. */
function hashOfEntry(previous: string, of: LogOf, entry: Omit<LogEntry, 'hash'>): string {
  const { seq, at, recordedAt, author, kind, text, corrects } = entry;
  return sha256(`${previous}\n${canonical({ of, seq, at, recordedAt, author, kind, text, corrects })}`);
}

const ownerColumns = ({ kind, id }: LogOf) => ({
  incident_id: kind === 'incident' ? id : null,
  exercise_id: kind === 'exercise' ? id : null,
});

const columnOf = ({ kind }: LogOf) =>
  kind === 'incident' ? ('incident_id' as const) : ('exercise_id' as const);

const entriesOf = ({ db }: Work, of: LogOf) =>
  db
    .selectFrom('log_entries')
    .selectAll()
    .where(columnOf(of), '=', of.id)
    .orderBy('seq')
    .limit(100_000)
    .execute();

const lastEntry = ({ db }: Work, of: LogOf) =>
  db
    .selectFrom('log_entries')
    .select(['seq', 'hash'])
    .where(columnOf(of), '=', of.id)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();

/** How many entries the audit trail knows of. */
async function countRecorded({ db }: Work, of: LogOf): Promise<number> {
  const { count } = await db
    .selectFrom('audit_events')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('action', '=', APPENDED)
    .where('object_kind', '=', `${of.kind}-log`)
    .where('object_id', '=', of.id)
    .executeTakeFirstOrThrow();
  return count;
}

async function findOwner({ db }: Work, { kind, id }: LogOf): Promise<string> {
  const row = await db
    .selectFrom(kind === 'incident' ? 'incidents' : 'exercises')
    .select('client_id')
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound(kind);
  return row.client_id;
}

async function lockOwner({ db }: Work, { kind, id }: LogOf): Promise<string> {
  const row = await db
    .selectFrom(kind === 'incident' ? 'incidents' : 'exercises')
    .select('client_id')
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound(kind);
  return row.client_id;
}

const chained = (row: Parameters<typeof present>[0] & { previous_hash: string }): ChainedEntry => ({
  ...present(row),
  previousHash: row.previous_hash,
});

const present = (row: {
  seq: number;
  at: Date;
  recorded_at: Date;
  author: string;
  kind: LogEntry['kind'];
  text: string;
  corrects: number | null;
  hash: string;
}): LogEntry => ({
  seq: row.seq,
  at: row.at.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  author: row.author,
  kind: row.kind,
  text: row.text,
  corrects: row.corrects,
  hash: row.hash,
});
