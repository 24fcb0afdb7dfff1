/** The end of a backup run: its recovery point, or why there is none. */
import { sql } from 'kysely';
import { allow } from './access.ts';
import { endOrderOfRun } from './agent-order-rows.ts';
import { endAttempt, endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import { type BackupPolicy, findBackupPolicy } from './backup-policies.ts';
import { type BackupRun, findBackupRun } from './backup-runs.ts';
import { conflict } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { type Finding, findingColumns } from './findings.ts';
import type { Cancelling } from './pauses.ts';
import { noteBackAfterExpiry } from './point-expiries.ts';
import { welcomeBack } from './point-losses.ts';
import { addRecoveryPoint, isPointKnown, type NewRecoveryPoint } from './recovery-points.ts';
import type { Work } from './work.ts';

/**
 * Writes down the recovery point an attempt made. One that had lost its turn made it all the same: the point is in the store, and is
 * remembered as any other that turns up.
 */
export async function finishBackup(work: Work, id: string, attempt: number, point: NewRecoveryPoint) {
  allow(work, 'work.finish');
  if (await endAttempt(work, { run: id, number: attempt }, 'done')) return endWithPoint(work, id, point);
  const { policy_id } = await work.db
    .selectFrom('backup_runs')
    .select('policy_id')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const policy = await findBackupPolicy(work, policy_id);
  if (!(await isPointKnown(work, policy, point.point))) await adoptPoint(work, policy, point);
}

async function endWithPoint(work: Work, id: string, point: NewRecoveryPoint) {
  const { torn, vanished, unreadable } = point.counts;
  const state = torn + vanished + unreadable > 0 ? 'done-with-reservations' : 'done';
  const run = await endRun(work, id, { state, finding: null });
  if (!run) return;

  const policy = await findBackupPolicy(work, run.policy_id);
  await record(
    work,
    'backup-run.finished',
    { kind: 'backup-run', id, client: run.client_id },
    { state, point: point.point },
  );
  await recordPoint(work, { run: id, policy, point });
}

/**
 * Remembers a whole point of which no word came: its worker died once it was in the store. The run that made it ends
 * with it, if it still counts as running. False when the point is known already.
 */
export async function adoptPoint(
  work: Work,
  policy: BackupPolicy,
  point: NewRecoveryPoint,
): Promise<boolean> {
  allow(work, 'work.finish');
  const run = await work.db
    .selectFrom('backup_runs')
    .select('id')
    .where('policy_id', '=', policy.id)
    .where('state', '=', 'running')
    .where('started_at', '<=', new Date(point.startedAt))
    .forUpdate()
    .executeTakeFirst();
  if (await isPointKnown(work, policy, point.point)) {
    await welcomeBack(work, policy, point.point);
    await noteBackAfterExpiry(work, policy, point.point);
    return false;
  }

  const subject = { kind: 'backup-policy', id: policy.id, client: policy.client };
  await record(work, 'recovery-point.adopted', subject, { point: point.point, run: run?.id ?? null });
  if (run) {
    await endOpenAttempt(work, run.id, 'lost');
    await endWithPoint(work, run.id, point);
  } else await recordPoint(work, { run: null, policy, point });
  return true;
}

/** Calls a run off, whether it waits or goes on: its worker lets go of it at its next beat. It shows nothing, for or against. */
export async function cancelBackup(work: Work, id: string, { reason }: Cancelling): Promise<BackupRun> {
  allow(work, 'backup.request');
  const before = await findBackupRun(work, id);
  const run = await endRun(work, id, { state: 'cancelled', finding: null, by: work.actor.name, reason });
  if (!run) throw conflict('backup-run.over');
  await endOpenAttempt(work, id, 'cancelled');
  await endOrderOfRun(work, id);
  await record(work, 'backup-run.cancelled', { kind: 'backup-run', id, client: before.client }, { reason });
  return findBackupRun(work, id);
}

/** Calls a run off because a blackout begins that lets nothing go on. */
export async function cancelForBlackout(work: Work, id: string, blackout: string): Promise<void> {
  await cancelBackup(work, id, { reason: blackout });
}

/** Writes down why an attempt made no recovery point; without a number, that none did. `found` is for people and holds no secret. */
export async function failBackup(work: Work, id: string, attempt: number | null, found: Finding) {
  allow(work, 'work.finish');
  if (attempt === null) await endOpenAttempt(work, id, 'lost');
  else if (!(await endAttempt(work, { run: id, number: attempt }, 'failed', found))) return;
  const run = await endRun(work, id, { state: 'failed', finding: found });
  if (!run) return;

  const policy = await findBackupPolicy(work, run.policy_id);
  await record(
    work,
    'backup-run.failed',
    { kind: 'backup-run', id, client: run.client_id },
    { finding: found },
  );
  await recordEvidence(work, {
    client: run.client_id,
    code: 'BRN',
    subject: { kind: 'asset', id: policy.asset.id, name: policy.asset.name },
    finding: 'contradicts',
    assertedBy: 'system',
    validUntil: null,
    content: { run: id, finding: found },
  });
}

/** A run that nobody could begin: not done, and said so. It is no proof of anything, for or against. */
export async function skipBackup(work: Work, id: string, found: Finding) {
  allow(work, 'work.finish');
  const run = await endRun(work, id, { state: 'skipped', finding: found });
  if (!run) return;
  await record(
    work,
    'backup-run.skipped',
    { kind: 'backup-run', id, client: run.client_id },
    { finding: found },
  );
}

/** The point and the evidence of it, which counts from when the backup ended. */
async function recordPoint(
  work: Work,
  { run, policy, point }: { run: string | null; policy: BackupPolicy; point: NewRecoveryPoint },
) {
  const id = await addRecoveryPoint(work, { run, policy, point });
  await recordEvidence(work, {
    client: policy.client,
    code: 'BRN',
    subject: { kind: 'asset', id: policy.asset.id, name: policy.asset.name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: new Date(Date.parse(point.endedAt) + policy.intervalSeconds * 2000),
    content: { run, recoveryPoint: id, ...point },
  });
}

async function endRun(
  { db, now }: Work,
  id: string,
  end: {
    state: 'done' | 'done-with-reservations' | 'failed' | 'skipped' | 'cancelled';
    finding: Finding | null;
    by?: string;
    reason?: string | null;
  },
) {
  return db
    .updateTable('backup_runs')
    .set({
      state: end.state,
      ...findingColumns(end.finding),
      finished_at: now,
      progress: sql`null`,
      retry_at: null,
      cancelled_by: end.by ?? null,
      cancel_reason: end.reason ?? null,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['policy_id', 'client_id'])
    .executeTakeFirst();
}
