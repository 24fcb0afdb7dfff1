/** What is done once a day for each backup policy, in a row of its own: looks into its store, and expiry. */
import { sql } from 'kysely';
import { nextDue } from './intervals.ts';
import type { Work } from './work.ts';

const EVERY_SECONDS = 86_400;

export interface DailyRound {
  table: 'reconciliations' | 'expiries';
  /** The job that does it for one policy. */
  job: 'reconcile-store' | 'expire-points';
}

/** Queues what is due. A new policy has its first round after its first day. */
export async function queueDueRounds(work: Work, round: DailyRound): Promise<number> {
  await addMissingRounds(work, round);
  const table = sql.table(round.table);
  const { rows: due } = await sql<{ policy_id: string; next_due_at: Date }>`
    select policy_id, next_due_at from ${table}
    where next_due_at <= ${work.now} and state not in ('queued', 'running')
    order by next_due_at limit 500 for update skip locked`.execute(work.db);
  for (const { policy_id, next_due_at } of due) {
    await sql`
      update ${table} set state = 'queued', next_due_at = ${nextDue(next_due_at, EVERY_SECONDS, work.now)}
      where policy_id = ${policy_id}`.execute(work.db);
    await work.enqueue(round.job, { policyId: policy_id });
  }
  return due.length;
}

/** What cannot wait for the next day. */
export async function queueRoundNow(work: Work, round: DailyRound, policy: string): Promise<void> {
  await addMissingRounds(work, round);
  const { rows } = await sql`
    update ${sql.table(round.table)} set state = 'queued'
    where policy_id = ${policy} and state <> 'queued' returning policy_id`.execute(work.db);
  if (rows.length > 0) await work.enqueue(round.job, { policyId: policy });
}

/** Gives a row to each policy without one. */
export async function addMissingRounds({ db }: Work, { table }: DailyRound): Promise<void> {
  await sql`
    insert into ${sql.table(table)} (client_id, policy_id, next_due_at)
    select policy.client_id, policy.id, policy.created_at + interval '1 day'
    from backup_policies policy
    where not exists (
      select from ${sql.table(table)} round
      where round.policy_id = policy.id and round.client_id = policy.client_id)
    on conflict do nothing`.execute(db);
}
