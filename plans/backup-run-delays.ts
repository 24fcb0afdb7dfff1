/** Backup runs that begin again later: what they need was out of reach, or a blackout began. */
import { sql } from 'kysely';
import { allow } from './access.ts';
import { countRetries, endAttempt, endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import { type Finding, finding } from './findings.ts';
import { pauseFrom } from './pauses.ts';
import { jobOfRun } from './policy-agents.ts';
import { RANKS } from './turns.ts';
import type { Work } from './work.ts';

/**
 * Puts a run off whose store or source could not be reached. What this attempt met stays on record. False when it was tried as often as
 * there are pauses (in seconds), or may not end in time any more.
 */
export async function retryBackup(
  work: Work,
  { run: id, attempt }: { run: string; attempt: number },
  found: Finding,
  pauses: readonly number[],
): Promise<boolean> {
  allow(work, 'work.finish');
  const pause = pauses[await countRetries(work, id)];
  if (pause === undefined) return false;
  const again = pauseFrom(work.now, pause);
  const run = await work.db
    .selectFrom('backup_runs')
    .select(['client_id', 'end_by', 'cause'])
    .where('id', '=', id)
    .where('state', '=', 'running')
    .forUpdate()
    .executeTakeFirst();
  if (!run || (run.end_by && again.at >= run.end_by)) return false;
  if (!(await endAttempt(work, { run: id, number: attempt }, 'retried', found))) return true;
  await work.db
    .updateTable('backup_runs')
    .set({ state: 'queued', retry_at: again.at, progress: sql`null` })
    .where('id', '=', id)
    .execute();
  const subject = { kind: 'backup-run', id, client: run.client_id };
  await record(work, 'backup-run.put-off', subject, { finding: found, until: again.at });
  await work.enqueue(
    'run-backup',
    { runId: id },
    { ...again, priority: run.cause === 'due' ? RANKS.due : RANKS.asked },
  );
  return true;
}

/** Stops a run because of a blackout, or lets it wait; it begins after it, with as much time left as it had. */
export async function putOffForBlackout(work: Work, id: string, until: Date): Promise<void> {
  const stoppedSeconds = (until.getTime() - work.now.getTime()) / 1000;
  const run = await work.db
    .updateTable('backup_runs')
    .set({
      state: 'queued',
      retry_at: until,
      progress: sql`null`,
      end_by: sql`end_by + make_interval(secs => ${stoppedSeconds})`,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'policy_id', 'cause'])
    .executeTakeFirst();
  if (!run) return;
  // Not as one that is tried again: those are counted.
  const why = finding('backup-run.blackout', 'A blackout began. It begins again after it.');
  await endOpenAttempt(work, id, 'cancelled', why);
  const subject = { kind: 'backup-run', id, client: run.client_id };
  await record(work, 'backup-run.put-off', subject, { until });
  await work.enqueue(
    await jobOfRun(work, run.policy_id),
    { runId: id },
    {
      afterSeconds: Math.max(1, Math.ceil(stoppedSeconds)),
      priority: run.cause === 'due' ? RANKS.due : RANKS.asked,
    },
  );
}
