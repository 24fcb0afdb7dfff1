/** Backup runs: one attempt to make a recovery point, asked for by a person or due by its policy. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { endOrderOfRun } from './agent-order-rows.ts';
import { beatAttempt, beginAttempt, countRetries, endAttempt, endOpenAttempt } from './attempts.ts';
import { record } from './audit.ts';
import { type BackupPolicy, findBackupPolicy } from './backup-policies.ts';
import { standingOf } from './backup-standing.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { Finding, finding, findingColumns, findingOfRow } from './findings.ts';
import { findProviderKey, findSealedVerifier, listRecipients } from './keys.ts';
import { type Cancelling, pauseFrom } from './pauses.ts';
import { noteBackAfterExpiry } from './point-expiries.ts';
import { welcomeBack } from './point-losses.ts';
import { findAgentOf } from './policy-agents.ts';
import { addRecoveryPoint, isPointKnown, type NewRecoveryPoint } from './recovery-points.ts';
import { RunProgress } from './run-progress.ts';
import type { Purpose } from './schedules/purpose.ts';
import { checksumsOf } from './store-probes.ts';
import { RANKS } from './turns.ts';
import type { Work } from './work.ts';

export const BackupRun = z
  .object({
    id: z.uuid(),
    policy: z.uuid(),
    client: z.uuid(),
    state: z.enum(['queued', 'running', 'done', 'done-with-reservations', 'failed', 'skipped', 'cancelled']),
    cause: z.enum(['asked', 'due']),
    askedBy: z.string(),
    askedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    progress: RunProgress.nullable(),
    retryAt: z.iso
      .datetime()
      .nullable()
      .describe('When it is tried again, since what it needs was out of reach'),
    isWaitingForTurn: z.boolean().describe('As many go on for the client or at the store as may'),
    cancelledBy: z.string().nullable(),
    cancelReason: z.string().nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'BackupRun' });
export type BackupRun = z.infer<typeof BackupRun>;

/** Asks for a backup now. It runs as a job. */
export async function requestBackup(work: Work, policyId: string): Promise<BackupRun> {
  allow(work, 'backup.request');
  const policy = await findBackupPolicy(work, policyId);
  if (await isUnderWay(work, policyId)) throw conflict('backup-run.under-way');
  return queueRun(work, { policy: policyId, client: policy.client, cause: 'asked' });
}

/** Backups that are due. A policy whose last run is still under way gets a skipped one, with its cause. */
export const scheduledBackups: Purpose = {
  async begin(work, { subject: policy, client, endBy }) {
    if (!(await isUnderWay(work, policy))) {
      const { id } = await queueRun(work, { policy, client, cause: 'due', endBy });
      return { run: id };
    }
    await skipRun(work, { policy, client });
    return 'overlap';
  },
  standing: standingOf,
};

/**
 * Marks a run as running and tells what to back up, with secrets still sealed. Null when it has ended already.
 * A run that is marked running may start again: its first worker died, or the job would not be here. From then on only the new
 * attempt has anything to say.
 */
export async function startBackup(work: Work, id: string, worker: string) {
  const run = await work.db
    .updateTable('backup_runs')
    // The first start stays, so that a point its dead worker made is known for one of this run.
    .set({
      state: 'running',
      started_at: sql`coalesce(started_at, ${work.now})`,
      progress: null,
      retry_at: null,
      turn_asked_at: null,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['policy_id', 'client_id', 'started_at'])
    .executeTakeFirst();
  if (!run) return null;

  const policy = await findBackupPolicy(work, run.policy_id);
  const sealed = await work.db
    .selectFrom('backup_policies')
    .innerJoin('stores', (join) =>
      join
        .onRef('stores.id', '=', 'backup_policies.store_id')
        .onRef('stores.client_id', '=', 'backup_policies.client_id'),
    )
    .select(['sealed_source', 'sealed_credentials', 'stores.address', 'stores.probe'])
    .where('backup_policies.id', '=', run.policy_id)
    .executeTakeFirstOrThrow();
  const signing = await findProviderKey(work, 'point-signing');
  return {
    attempt: await beginAttempt(work, {
      client: run.client_id,
      store: policy.store.id,
      run: id,
      worker,
    }),
    policy: policy.id,
    /** It was begun before: its worker died, perhaps with the point made and nothing said. */
    isAgain: run.started_at !== null && run.started_at < work.now,
    asset: policy.asset,
    lock: policy.lock,
    isGentle: policy.isGentle,
    store: {
      id: policy.store.id,
      address: sealed.address,
      sealedCredentials: sealed.sealed_credentials,
      checksums: checksumsOf(sealed.probe),
    },
    sealedSource: sealed.sealed_source,
    recipients: await listRecipients(work, run.client_id),
    sealedSigningKey: signing.sealedPrivate,
    // Opens the last point, so that only what is new is stored. After a failed proof everything is stored anew.
    sealedVerifier: (await isLastProofBad(work, policy.asset.id))
      ? null
      : await findSealedVerifier(work, run.client_id),
  };
}

/** Whether the last proof that came to a verdict failed. */
export async function isLastProofBad({ db }: Work, asset: string): Promise<boolean> {
  const last = await db
    .selectFrom('restore_tests')
    .select('state')
    .where('asset_id', '=', asset)
    .where('state', 'in', ['passed', 'failed'])
    .orderBy('finished_at', 'desc')
    .executeTakeFirst();
  return last?.state === 'failed';
}

/** Says that an attempt goes on, and how far it is. False when it has to be let go of. */
export async function noteBackupProgress(
  work: Work,
  { run, attempt }: { run: string; attempt: number },
  progress: RunProgress | null = null,
): Promise<boolean> {
  if (!(await beatAttempt(work, { run, attempt }, progress))) return false;
  if (progress === null) return true;
  await work.db
    .updateTable('backup_runs')
    .set({ progress: JSON.stringify(progress) })
    .where('id', '=', run)
    .where('state', '=', 'running')
    .execute();
  return true;
}

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

/** Stops a run because a blackout begins; it begins again after it, with as much time left as it had. */
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
    .where('state', '=', 'running')
    .returning('client_id')
    .executeTakeFirst();
  if (!run) return;
  // Not as one that is tried again: those are counted.
  const why = finding('backup-run.blackout', 'A blackout began. It begins again after it.');
  await endOpenAttempt(work, id, 'cancelled', why);
  const subject = { kind: 'backup-run', id, client: run.client_id };
  await record(work, 'backup-run.put-off', subject, { until });
  await work.enqueue('run-backup', { runId: id }, { afterSeconds: Math.max(1, Math.ceil(stoppedSeconds)) });
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

export async function findBackupRun(work: Work, id: string): Promise<BackupRun> {
  allow(work, 'protection.read');
  const row = await work.db.selectFrom('backup_runs').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('backup-run');
  return present(row);
}

/** The latest runs of a client, newest first. */
export async function listBackupRuns(work: Work, client: string, limit = 100): Promise<BackupRun[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('backup_runs')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('asked_at', 'desc')
    .limit(Math.min(limit, 500))
    .execute();
  return rows.map(present);
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

async function isUnderWay({ db }: Work, policy: string) {
  const run = await db
    .selectFrom('backup_runs')
    .select('id')
    .where('policy_id', '=', policy)
    .where('state', 'in', ['queued', 'running'])
    .executeTakeFirst();
  return run !== undefined;
}

async function queueRun(
  work: Work,
  {
    policy,
    client,
    cause,
    endBy = null,
  }: { policy: string; client: string; cause: 'asked' | 'due'; endBy?: Date | null },
) {
  const { id } = await work.db
    .insertInto('backup_runs')
    .values({
      client_id: client,
      policy_id: policy,
      cause,
      asked_by: work.actor.name,
      asked_at: work.now,
      end_by: endBy,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'backup-run.requested', { kind: 'backup-run', id, client }, { policy, cause });
  const agent = await findAgentOf(work, policy);
  await work.enqueue(
    agent === null ? 'run-backup' : 'offer-order',
    { runId: id },
    { priority: RANKS[cause] },
  );
  return findBackupRun(work, id);
}

async function skipRun(work: Work, { policy, client }: { policy: string; client: string }) {
  const { id } = await work.db
    .insertInto('backup_runs')
    .values({
      client_id: client,
      policy_id: policy,
      state: 'skipped',
      cause: 'due',
      asked_by: work.actor.name,
      asked_at: work.now,
      finished_at: work.now,
      ...findingColumns(finding('backup-run.overlap', 'The run before it was still under way.')),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'backup-run.skipped', { kind: 'backup-run', id, client }, { policy, cause: 'overlap' });
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

const present = (row: {
  id: string;
  policy_id: string;
  client_id: string;
  state: BackupRun['state'];
  cause: string;
  asked_by: string;
  asked_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  progress: unknown;
  retry_at: Date | null;
  turn_asked_at: Date | null;
  cancelled_by: string | null;
  cancel_reason: string | null;
  finding: string | null;
  finding_code: string | null;
  finding_params: unknown;
}): BackupRun => ({
  id: row.id,
  policy: row.policy_id,
  client: row.client_id,
  state: row.state,
  cause: row.cause as BackupRun['cause'],
  askedBy: row.asked_by,
  askedAt: row.asked_at.toISOString(),
  startedAt: row.started_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  progress: row.progress as RunProgress | null,
  retryAt: row.retry_at?.toISOString() ?? null,
  isWaitingForTurn: row.state === 'queued' && row.turn_asked_at !== null,
  cancelledBy: row.cancelled_by,
  cancelReason: row.cancel_reason,
  finding: findingOfRow(row),
});
