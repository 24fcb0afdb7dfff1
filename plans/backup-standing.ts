/** How a policy stands against its objective: how old its data are, and how long the next backup takes. */
import { sql } from 'kysely';
import { isThere } from './point-losses.ts';
import type { Standing } from './schedules/purpose.ts';
import type { Work } from './work.ts';

/** Of a policy that never ran. */
export const FIRST_SECONDS = 3600;
const RUNS_LOOKED_AT = 20;
const BEGIN_SECONDS = 60;
/** After a failure: what failed once in a minute fails again in the next. */
const PAUSE_MS = 15 * 60_000;

export async function standingOf(work: Work, policy: string): Promise<Standing> {
  const last = await lastRun(work, policy);
  const isUnderWay = last?.state === 'queued' || last?.state === 'running';
  const hasFailed = last?.state === 'failed' && last.finished_at !== null && last.finished_at <= work.now;
  return {
    lastDataTime: await lastDataTime(work, policy),
    durationSeconds: await usualSeconds(work, policy),
    isUnderWay,
    notBefore: hasFailed ? new Date(last.finished_at!.getTime() + PAUSE_MS) : null,
  };
}

/** One under way counts whenever it was asked for; of others none of times to come, as a clock that ran ahead has it. */
const lastRun = ({ db, now }: Work, policy: string) =>
  db
    .selectFrom('backup_runs')
    .select(['state', 'finished_at'])
    .where('policy_id', '=', policy)
    .where((run) => run.or([run('asked_at', '<=', now), run('state', 'in', ['queued', 'running'])]))
    .orderBy('asked_at', 'desc')
    .executeTakeFirst();

/** A point that a wrong clock dated ahead makes nothing due later. */
async function lastDataTime({ db, now }: Work, policy: string): Promise<Date | null> {
  const row = await db
    .selectFrom('recovery_points as point')
    .innerJoin('backup_policies as policy', (join) =>
      join
        .onRef('policy.asset_id', '=', 'point.asset_id')
        .onRef('policy.store_id', '=', 'point.store_id')
        .onRef('policy.client_id', '=', 'point.client_id'),
    )
    .select((point) => point.fn.max('point.data_time').as('data_time'))
    .where('policy.id', '=', policy)
    .where('point.data_time', '<=', now)
    .where(isThere('point'))
    .executeTakeFirst();
  return row?.data_time ?? null;
}

async function usualSeconds({ db }: Work, policy: string): Promise<number> {
  const { rows } = await sql<{ seconds: number }>`
    select ${usualSecondsOf('policy')} as seconds from backup_policies as policy where policy.id = ${policy}`.execute(
    db,
  );
  return rows[0]?.seconds ?? FIRST_SECONDS;
}

/** Nine of ten of the last runs took no longer, with a tenth to spare, and a while until the clock and the queue begin one. */
const usualSecondsOf = (policy: string) => sql<number>`
  (select coalesce(ceil(1.1 * percentile_cont(0.9) within group (order by seconds))::int + ${BEGIN_SECONDS}::int, ${FIRST_SECONDS}::int) from (
     select extract(epoch from finished_at - started_at)::float8 as seconds from backup_runs
     where policy_id = ${sql.ref(`${policy}.id`)} and client_id = ${sql.ref(`${policy}.client_id`)}
       and state in ('done', 'done-with-reservations') and started_at is not null
     order by finished_at desc limit ${RUNS_LOOKED_AT}) as last)`;

/** The longest time between two starts. One that goes by its RPO begins so early that the run still ends in time. */
export const longestGapOf = (policy: string, schedule: string) => sql<number | null>`
  case when ${sql.ref(`${schedule}.cadence`)} ->> 'kind' = 'objective'
    then greatest(${sql.ref(`${schedule}.longest_gap_seconds`)}, (${sql.ref(`${schedule}.cadence`)} ->> 'rpoSeconds')::int - ${usualSecondsOf(policy)})
    else ${sql.ref(`${schedule}.longest_gap_seconds`)} end`;
