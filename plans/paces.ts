/**
 * Paces: whether what goes on gets on. A worker may say nothing (silent), live and get nowhere (stalled), or get on more slowly than
 * the same work did before (slow); and how long is left, by the same work before and never by a guess.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { findClient } from './clients.ts';
import type { Work } from './work.ts';

export const PACES = ['steady', 'slow', 'stalled', 'silent'] as const;

export const Pace = z
  .object({
    run: z.uuid(),
    kind: z.enum(['backup-run', 'restore-test']),
    pace: z.enum(PACES),
    movedAt: z.iso.datetime().describe('When it last got further'),
    beatAt: z.iso.datetime().describe('When its worker was last heard of'),
    bytesPerSecond: z.number().nullable(),
    usualBytesPerSecond: z
      .number()
      .nullable()
      .describe('Median of the same work before; null while it was done too rarely'),
    left: z
      .object({ fromSeconds: z.number(), toSeconds: z.number() })
      .nullable()
      .describe('As the same work took before; null while that is not known, or is over'),
  })
  .meta({ id: 'Pace' });
export type Pace = z.infer<typeof Pace>;

/** Workers beat every three seconds. */
const SILENT_MS = 30_000;
const MINUTE_MS = 60_000;
/** Phases that tell nothing while one large thing is done are given longer. */
const STALLED_MS: Record<string, number> = {
  pack: 5 * MINUTE_MS,
  fetch: 5 * MINUTE_MS,
  verify: 10 * MINUTE_MS,
};
const STALLED_OTHERWISE_MS = 15 * MINUTE_MS;
/** Below this part of its usual throughput it is slow, once it has gone on long enough to tell. */
const SLOW_PART = 1 / 3;
const TELLING_SECONDS = 120;
/** So many ended ones make a history. */
const HISTORY = 3;

/** What is going on, as its attempt last told it, and as the same work went before. */
export interface Going {
  phase: string | null;
  bytes: number;
  startedAt: Date;
  beatAt: Date;
  movedAt: Date;
  /** Of the same work that ended well, the last ones. */
  before: readonly { seconds: number; bytes: number }[];
}

export function paceOf(
  going: Going,
  now: Date,
): Pick<Pace, 'pace' | 'bytesPerSecond' | 'usualBytesPerSecond' | 'left'> {
  const seconds = (now.getTime() - going.startedAt.getTime()) / 1000;
  const bytesPerSecond = seconds > 1 && going.bytes > 0 ? going.bytes / seconds : null;
  const told = going.before.filter((one) => one.seconds > 0);
  const isHistory = told.length >= HISTORY;
  const usualBytesPerSecond = isHistory ? median(told.map((one) => one.bytes / one.seconds)) : null;
  const isSlow =
    usualBytesPerSecond !== null &&
    seconds >= TELLING_SECONDS &&
    (bytesPerSecond ?? 0) < usualBytesPerSecond * SLOW_PART;
  const stalledAfter = STALLED_MS[going.phase ?? ''] ?? STALLED_OTHERWISE_MS;
  const longest = Math.max(...told.map((one) => one.seconds)) - seconds;
  const shortest = Math.min(...told.map((one) => one.seconds)) - seconds;
  const isSilent = now.getTime() - going.beatAt.getTime() > SILENT_MS;
  const isStalled = now.getTime() - going.movedAt.getTime() > stalledAfter;
  return {
    pace: isSilent ? 'silent' : isStalled ? 'stalled' : isSlow ? 'slow' : 'steady',
    bytesPerSecond,
    usualBytesPerSecond,
    left:
      isHistory && longest > 0 && !isSilent && !isStalled
        ? { fromSeconds: Math.max(0, shortest), toSeconds: longest }
        : null,
  };
}

/** Of everything that goes on for a client, with what gets nowhere first. */
export async function listPaces(work: Work, client: string): Promise<Pace[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const paces = await read(work, sql`attempt.client_id = ${client}`);
  return paces.toSorted((one, other) => PACES.indexOf(other.pace) - PACES.indexOf(one.pace));
}

/** Of one run or test; null when it does not go on. */
export async function findPace(work: Work, run: string): Promise<Pace | null> {
  allow(work, 'client.read');
  return (await read(work, sql`attempt.run_id = ${run}`))[0] ?? null;
}

type Row = Going & { run: string; kind: Pace['kind'] };

async function read({ db, now }: Work, which: ReturnType<typeof sql>): Promise<Pace[]> {
  const { rows } = await sql<Row>`
    select attempt.run_id as run, attempt.phase, attempt.bytes,
      attempt.started_at as "startedAt", attempt.beat_at as "beatAt", attempt.moved_at as "movedAt",
      case when run.id is null then 'restore-test' else 'backup-run' end as kind,
      coalesce((select json_agg(json_build_object('seconds', seconds, 'bytes', bytes)) from (
        select extract(epoch from point.ended_at - point.started_at)::float8 as seconds, point.bytes
        from recovery_points as point
        where run.id is not null and point.asset_id = policy.asset_id and point.store_id = policy.store_id and point.client_id = policy.client_id
        order by point.ended_at desc limit 10) as made),
      (select json_agg(json_build_object('seconds', seconds, 'bytes', bytes)) from (
        select extract(epoch from other.finished_at - other.started_at)::float8 as seconds, coalesce(other.bytes, 0) as bytes
        from restore_tests as other
        where test.id is not null and other.asset_id = test.asset_id and other.client_id = test.client_id
          and other.requested = test.requested and other.state = 'passed'
        order by other.finished_at desc limit 10) as passed), '[]') as before
    from attempts as attempt
    left join backup_runs as run on run.id = attempt.run_id and run.client_id = attempt.client_id
    left join backup_policies as policy on policy.id = run.policy_id and policy.client_id = run.client_id
    left join restore_tests as test on test.id = attempt.run_id and test.client_id = attempt.client_id
    where attempt.ended_at is null and ${which}
    order by attempt.started_at
    limit 500`.execute(db);
  return rows.map((row) => ({
    run: row.run,
    kind: row.kind,
    movedAt: row.movedAt.toISOString(),
    beatAt: row.beatAt.toISOString(),
    ...paceOf(row, now),
  }));
}

function median(values: number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}
