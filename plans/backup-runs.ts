/** Backup runs: one attempt to make a recovery point, asked for by a person or due by its policy. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { standingOf } from './backup-standing.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { Finding, finding, findingColumns, findingOfRow } from './findings.ts';
import { jobOfRun } from './policy-agents.ts';
import { RunProgress } from './run-progress.ts';
import type { Purpose } from './schedules/purpose.ts';
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
  await work.enqueue(await jobOfRun(work, policy), { runId: id }, { priority: RANKS[cause] });
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
