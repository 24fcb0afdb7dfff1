/** Reconciliations: what a store holds of an asset, set against what is known. Once a day, and when a worker starts. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { adoptPoint } from './backup-run-ends.ts';
import { findClient } from './clients.ts';
import { addMissingRounds, type DailyRound, queueDueRounds } from './daily-rounds.ts';
import { notFound } from './errors.ts';
import { Finding, findingColumns, findingOfRow } from './findings.ts';
import { listSealedVerifiers } from './keys.ts';
import { type CleanUpRecord, countOf, type LeftItem } from './left-over.ts';
import { packsReadOf } from './pack-proofs.ts';
import { hasNotExpired } from './point-expiries.ts';
import { isNotGivenUp, noteLosses } from './point-losses.ts';
import { listPointSigners } from './point-signers.ts';
import { type Reconciled, ReconciliationRecord, WithItems } from './reconciliation-records.ts';
import { RunProgress } from './run-progress.ts';
import { checksumsOf } from './store-probes.ts';
import type { Work } from './work.ts';
import { progressOf } from './work-progress.ts';

export const LOOKS: DailyRound = { table: 'reconciliations', job: 'reconcile-store' };
/** After two missed days nobody knows what the store holds. */
const HOLDS_FOR_MS = 3 * 86_400_000;

/** A backup and a look that are due at the same hour would be in each other's way every day. */
const IN_THE_WAY = ['clean-up.backup-running', 'clean-up.under-way'];
const AGAIN_AFTER_MS = 6 * 3_600_000;

export const Reconciliation = z
  .object({
    policy: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string() }),
    store: z.object({ id: z.uuid(), name: z.string() }),
    standing: z
      .enum(['never', 'queued', 'running', 'failed', 'stale', 'differs', 'agrees'])
      .describe('`agrees` only by a look that is not old and found nothing lost, refused or unreadable'),
    progress: RunProgress.nullable().describe('While it goes on'),
    lookedAt: z.iso.datetime().nullable(),
    found: ReconciliationRecord.nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'Reconciliation' });
export type Reconciliation = z.infer<typeof Reconciliation>;

/** Makes every store due at once: what a worker that died left unsaid is found by the next one. */
export async function dueAtStart({ db, now }: Work): Promise<void> {
  await db.updateTable('reconciliations').set({ next_due_at: now }).where('next_due_at', '>', now).execute();
}

/** Queues what is due; {@link dueAtStart} makes all of them due. */
export const queueDueReconciliations = (work: Work): Promise<number> => queueDueRounds(work, LOOKS);

/** Marks one as running and tells where to look, with secrets still sealed. Null when it has ended already. */
export async function startReconciliation(work: Work, policyId: string) {
  const started = await work.db
    .updateTable('reconciliations')
    .set({ state: 'running' })
    .where('policy_id', '=', policyId)
    .where('state', 'in', ['queued', 'running'])
    .returning('policy_id')
    .executeTakeFirst();
  return started ? planReconciliation(work, policyId) : null;
}

/** What is known of the asset's points in its store, and how to judge what lies there. */
export async function planReconciliation(work: Work, policyId: string) {
  const policy = await findBackupPolicy(work, policyId);
  const store = await work.db
    .selectFrom('stores')
    .select(['address', 'sealed_credentials', 'probe'])
    .where('id', '=', policy.store.id)
    .executeTakeFirstOrThrow();
  const known = await work.db
    .selectFrom('recovery_points')
    .select(['point', 'head_sha256 as headSha256'])
    .where('asset_id', '=', policy.asset.id)
    .where('store_id', '=', policy.store.id)
    .where(isNotGivenUp)
    .where(hasNotExpired('recovery_points'))
    .orderBy('point')
    .limit(100_000)
    .execute();
  const keys = await work.db
    .selectFrom('client_keys')
    .select('recipient')
    .where('client_id', '=', policy.client)
    .limit(200)
    .execute();
  return {
    client: policy.client,
    asset: policy.asset.label,
    store: {
      address: store.address,
      sealedCredentials: store.sealed_credentials,
      checksums: checksumsOf(store.probe),
      isInUse: known.length > 0,
    },
    lockDays: policy.lock?.days ?? null,
    known,
    trust: await listPointSigners(work, policy.client, { isOnRecord: false }),
    recipients: keys.map(({ recipient }) => recipient),
    sealedVerifiers: await listSealedVerifiers(work, policy.client),
  };
}

/** Writes down what was found: points to remember again, points that are lost or back, and what nobody needs. */
export async function finishReconciliation(work: Work, policyId: string, found: Reconciled): Promise<void> {
  allow(work, 'work.finish');
  const { toAdopt, losses, newest, ...rest } = found;
  const policy = await findBackupPolicy(work, policyId);
  const { client, asset, store } = policy;
  let adopted = 0;
  for (const point of toAdopt) if (await adoptPoint(work, policy, point)) adopted++;
  await noteLosses(work, policy, losses);
  await addMissingRounds(work, LOOKS);
  const kept: ReconciliationRecord = {
    ...rest,
    adopted,
    lost: losses.length,
    lastRemoved: await lastRemoved(work, policyId, found.cleanUp),
    packsRead: newest && (await packsReadOf(work, { client, asset: asset.id, store: store.id }, newest)),
  };
  await work.db
    .updateTable('reconciliations')
    .set({ state: 'done', looked_at: work.now, record: JSON.stringify(kept), ...findingColumns(null) })
    .where('policy_id', '=', policyId)
    .execute();
  if (found.cleanUp) await noteCleanUp(work, policy, found.cleanUp);
}

/** Writes down why nothing could be found out. An earlier record stays, with its age, and no point is called lost. */
export async function failReconciliation(work: Work, policyId: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const failed = await work.db
    .updateTable('reconciliations')
    .set({ state: 'failed', ...findingColumns(found) })
    .where('policy_id', '=', policyId)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (!failed) return;
  const subject = { kind: 'backup-policy', id: policyId, client: failed.client_id };
  await record(work, 'store.not-reconciled', subject, { finding: found });
}

/** What went with the last clean-up that removed anything. */
async function lastRemoved(
  { db, now }: Work,
  policyId: string,
  cleanUp: CleanUpRecord | null,
): Promise<ReconciliationRecord['lastRemoved']> {
  if (cleanUp && countOf(cleanUp.removed) > 0) return { ...cleanUp.removed, at: now.toISOString() };
  const { record: before } = await db
    .selectFrom('reconciliations')
    .select('record')
    .where('policy_id', '=', policyId)
    .executeTakeFirstOrThrow();
  return before === null ? null : ReconciliationRecord.parse(before).lastRemoved;
}

async function noteCleanUp(work: Work, { id, client }: { id: string; client: string }, done: CleanUpRecord) {
  const subject = { kind: 'backup-policy', id, client };
  if (done.blocked && countOf(done.removed) === 0) await record(work, 'store.not-cleaned', subject, done);
  else await record(work, 'store.cleaned', subject, done);
  if (!done.blocked || !IN_THE_WAY.includes(done.blocked.code)) return;
  const again = new Date(work.now.getTime() + AGAIN_AFTER_MS);
  await work.db
    .updateTable('reconciliations')
    .set({ next_due_at: again })
    .where('policy_id', '=', id)
    .where('next_due_at', '>', again)
    .execute();
}

/** By name of the asset. A policy whose store was never looked at has one as well. */
export async function listReconciliations(work: Work, client: string): Promise<Reconciliation[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await selectLooks(work)
    .where('policy.client_id', '=', client)
    .orderBy('asset.name')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

/** One, with what lies there still that is to go: the first hundred, the oldest first. */
export async function findReconciliation(
  work: Work,
  policyId: string,
): Promise<{ reconciliation: Reconciliation; items: LeftItem[] }> {
  allow(work, 'protection.read');
  const row = await selectLooks(work).where('policy.id', '=', policyId).executeTakeFirst();
  if (!row) throw notFound('backup-policy');
  return {
    reconciliation: present(row, work.now),
    items: row.record === null ? [] : WithItems.parse(row.record).items,
  };
}

const selectLooks = ({ db }: Work) =>
  db
    .selectFrom('backup_policies as policy')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'policy.asset_id').onRef('asset.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .leftJoin('reconciliations as look', (join) =>
      join.onRef('look.policy_id', '=', 'policy.id').onRef('look.client_id', '=', 'policy.client_id'),
    )
    .select(progressOf('reconciliation', 'policy').as('progress'))
    .select(['policy.id', 'policy.client_id', 'asset.id as asset_id', 'asset.name as asset_name'])
    .select([
      'store.id as store_id',
      'store.name as store_name',
      'look.state',
      'look.looked_at',
      'look.record',
    ])
    .select(['look.finding', 'look.finding_code', 'look.finding_params']);

type Row = Awaited<ReturnType<ReturnType<typeof selectLooks>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): Reconciliation {
  const found = row.record === null ? null : ReconciliationRecord.parse(row.record);
  return {
    policy: row.id,
    client: row.client_id,
    asset: { id: row.asset_id, name: row.asset_name },
    store: { id: row.store_id, name: row.store_name },
    standing: standingOf(row, found, now),
    progress: row.progress ? RunProgress.parse(row.progress) : null,
    lookedAt: row.looked_at?.toISOString() ?? null,
    found,
    finding: findingOfRow(row),
  };
}

function standingOf(
  { state, looked_at }: { state: string | null; looked_at: Date | null },
  found: ReconciliationRecord | null,
  now: Date,
): Reconciliation['standing'] {
  if (state === 'queued' || state === 'running' || state === 'failed') return state;
  if (!found || !looked_at) return 'never';
  if (now.getTime() - looked_at.getTime() > HOLDS_FOR_MS) return 'stale';
  return found.lost + found.refused.length > 0 || found.orphansUnknown ? 'differs' : 'agrees';
}
