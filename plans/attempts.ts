/**
 * Attempts at a run or test: one keeper of their rows. Of one run only the last attempt is open, and only who holds it may say how
 * the run goes on or ends (Kleppmann's fencing token: the store cannot check one, so a worker asks before it writes a head).
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { Finding, findingColumns, findingOfRow } from './findings.ts';
import type { RunProgress } from './run-progress.ts';
import type { Work } from './work.ts';

export const ATTEMPT_ENDS = ['done', 'failed', 'retried', 'lost', 'cancelled'] as const;
export type AttemptEnd = (typeof ATTEMPT_ENDS)[number];

export const Attempt = z
  .object({
    number: z.int(),
    worker: z.string(),
    startedAt: z.iso.datetime(),
    beatAt: z.iso.datetime().describe('When its worker was last heard of'),
    endedAt: z.iso.datetime().nullable(),
    how: z.enum(ATTEMPT_ENDS).nullable().describe('`lost`: its worker fell silent, or another one took over'),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

/** Begins the next attempt; one that is open is lost from now on. Answers its number. */
export async function beginAttempt(
  work: Work,
  { client, store, run, worker }: { client: string; store: string; run: string; worker: string },
): Promise<number> {
  await endOpenAttempt(work, run, 'lost');
  const { last } = await work.db
    .selectFrom('attempts')
    .select((row) => row.fn.max('number').as('last'))
    .where('run_id', '=', run)
    .executeTakeFirstOrThrow();
  const number = (last ?? 0) + 1;
  await work.db
    .insertInto('attempts')
    .values({
      client_id: client,
      store_id: store,
      run_id: run,
      number,
      worker,
      started_at: work.now,
      beat_at: work.now,
      moved_at: work.now,
    })
    .execute();
  return number;
}

/** Says that its worker lives, and how far it is. False when it is not its turn any more. */
export async function beatAttempt(
  { db, now }: Work,
  { run, attempt: number }: { run: string; attempt: number },
  progress: RunProgress | null = null,
): Promise<boolean> {
  const held = await db
    .updateTable('attempts')
    .set({
      beat_at: now,
      ...(progress && {
        phase: progress.phase,
        files: progress.files,
        bytes: progress.bytes,
        moved_at: sql<Date>`case when (phase, files, bytes) is distinct from
          (${progress.phase}::text, ${progress.files}::bigint, ${progress.bytes}::bigint) then ${now}::timestamptz else moved_at end`,
      }),
    })
    .where('run_id', '=', run)
    .where('number', '=', number)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return held !== undefined;
}

/** The same of an attempt at a row of the table, which shows how far it is. */
export async function noteProgress(
  work: Work,
  table: 'backup_runs' | 'restore_tests',
  attempt: { run: string; attempt: number },
  progress: RunProgress | null = null,
): Promise<boolean> {
  if (!(await beatAttempt(work, attempt, progress))) return false;
  if (progress)
    await sql`update ${sql.table(table)} set progress = ${JSON.stringify(progress)}
      where id = ${attempt.run} and state = 'running'`.execute(work.db);
  return true;
}

/** Ends it. False when it had ended already: whoever says so has nothing to say any more. */
export async function endAttempt(
  { db, now }: Work,
  { run, number }: { run: string; number: number },
  how: AttemptEnd,
  found: Finding | null = null,
): Promise<boolean> {
  const ended = await db
    .updateTable('attempts')
    .set({ ended_at: now, how, ...findingColumns(found) })
    .where('run_id', '=', run)
    .where('number', '=', number)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return ended !== undefined;
}

/** Ends whichever is open, for those who know of no number. */
export async function endOpenAttempt(
  { db, now }: Work,
  run: string,
  how: AttemptEnd,
  found: Finding | null = null,
): Promise<void> {
  await db
    .updateTable('attempts')
    .set({ ended_at: now, how, ...findingColumns(found) })
    .where('run_id', '=', run)
    .where('ended_at', 'is', null)
    .execute();
}

/** All of a run, the first one first. */
export async function listAttempts({ db }: Pick<Work, 'db'>, run: string): Promise<Attempt[]> {
  const rows = await db
    .selectFrom('attempts')
    .selectAll()
    .where('run_id', '=', run)
    .orderBy('number')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    number: row.number,
    worker: row.worker,
    startedAt: row.started_at.toISOString(),
    beatAt: row.beat_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    how: row.how,
    finding: findingOfRow(row),
  }));
}

/** How many of a run were tried again. */
export async function countRetries({ db }: Pick<Work, 'db'>, run: string): Promise<number> {
  const { count } = await db
    .selectFrom('attempts')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('run_id', '=', run)
    .where('how', '=', 'retried')
    .executeTakeFirstOrThrow();
  return Number(count);
}
