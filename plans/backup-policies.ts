/** Backup policies: which source is backed up into which store, and how often. */
import { z } from 'zod';
import { allow } from './access.ts';
import { readPolicySource } from './agent-sources.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { SOURCE_FORMS, SOURCE_KINDS } from './source-addresses.ts';
import { isSeenToHold, LOCK_MODES, type LockMode } from './store-probes.ts';
import { findStore, type Store } from './stores.ts';
import { Checkbox, Line, OptionalDays } from './text.ts';
import type { Work } from './work.ts';

export const NewBackupPolicy = z.object({
  asset: z.uuid(),
  store: z.uuid(),
  source: Line(1000).describe(SOURCE_FORMS),
  intervalSeconds: z.coerce.number().int().min(300).max(31_622_400).default(86_400),
  lockDays: OptionalDays.default(null).describe(
    'How long nothing of a recovery point can be removed from the store; only where the last probe saw locks hold',
  ),
  lockMode: z
    .enum(LOCK_MODES)
    .default('compliance')
    .describe('`governance` can be lifted by whoever may, `compliance` by nobody'),
  isGentle: Checkbox.default(false).describe('Backs up at the lowest priority, compressing in one thread'),
});
export type NewBackupPolicy = z.infer<typeof NewBackupPolicy>;

export const BackupPolicy = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string(), label: z.string() }),
    store: z.object({ id: z.uuid(), name: z.string() }),
    sourceKind: z.enum(SOURCE_KINDS),
    source: z.string().describe('Without secrets'),
    intervalSeconds: z.int(),
    lock: z.object({ mode: z.enum(LOCK_MODES), days: z.int() }).nullable(),
    isGentle: z.boolean(),
    isEnabled: z.boolean(),
    nextDueAt: z.iso.datetime(),
  })
  .meta({ id: 'BackupPolicy' });
export type BackupPolicy = z.infer<typeof BackupPolicy>;

export async function addBackupPolicy(work: Work, policy: NewBackupPolicy): Promise<BackupPolicy> {
  allow(work, 'protection.change');
  const asset = await findAsset(work, policy.asset);
  const store = await findStore(work, policy.store);
  if (store.client !== asset.client) throw notFound('store');
  refuseLockThatDoesNotHold(store, policy);
  const source = await readPolicySource(work, { client: asset.client, store: store.address }, policy.source);
  await refuseSecondPolicy(work, asset.id);

  const { id } = await work.db
    .insertInto('backup_policies')
    .values({
      client_id: asset.client,
      asset_id: asset.id,
      store_id: store.id,
      source_kind: source.kind,
      source_address: source.address,
      agent_id: source.agent,
      agent_source: source.agentSource,
      sealed_source: work.seal('source', policy.source),
      interval_seconds: policy.intervalSeconds,
      lock_mode: policy.lockDays === null ? null : policy.lockMode,
      lock_days: policy.lockDays,
      is_gentle: policy.isGentle,
      is_enabled: true,
      next_due_at: new Date(work.now.getTime() + policy.intervalSeconds * 1000),
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'backup-policy.added',
    { kind: 'backup-policy', id, client: asset.client },
    {
      asset: asset.name,
      store: store.name,
      source: source.address,
      intervalSeconds: policy.intervalSeconds,
      lockDays: policy.lockDays,
    },
  );
  return findBackupPolicy(work, id);
}

/** Stops a policy's backups, or lets them go on. What it made stays; while it is paused, nothing counts as planned. */
export async function pauseBackupPolicy(work: Work, id: string, isPaused: boolean): Promise<BackupPolicy> {
  allow(work, 'protection.change');
  const policy = await findBackupPolicy(work, id);
  await findAsset(work, policy.asset.id); // nothing starts again for one that was taken out

  await work.db
    .updateTable('backup_policies')
    .set({ is_enabled: !isPaused, next_due_at: new Date(work.now.getTime() + policy.intervalSeconds * 1000) })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    isPaused ? 'backup-policy.paused' : 'backup-policy.resumed',
    { kind: 'backup-policy', id, client: policy.client },
    { asset: policy.asset.name },
  );
  return findBackupPolicy(work, id);
}

export async function findBackupPolicy(work: Work, id: string): Promise<BackupPolicy> {
  allow(work, 'protection.read');
  const row = await selectPolicies(work).where('policy.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('backup-policy');
  return present(row);
}

export async function listBackupPolicies(work: Work, client: string): Promise<BackupPolicy[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await selectPolicies(work)
    .where('policy.client_id', '=', client)
    .orderBy('asset.name')
    .limit(1000)
    .execute();
  return rows.map(present);
}

/**
 * Takes the policies of the provider that are due, and moves each on by whole intervals past now, so that a long
 * sleep is made up for once and not many times. Two clocks never take the same one.
 */
export async function claimDuePolicies({ db, now }: Work): Promise<{ id: string; client: string }[]> {
  const due = await db
    .selectFrom('backup_policies')
    .select(['id', 'client_id', 'interval_seconds', 'next_due_at'])
    .where('is_enabled', '=', true)
    .where('next_due_at', '<=', now)
    .orderBy('next_due_at')
    .limit(500)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const policy of due) {
    const next_due_at = nextDue(policy.next_due_at, policy.interval_seconds, now);
    await db.updateTable('backup_policies').set({ next_due_at }).where('id', '=', policy.id).execute();
  }
  return due.map(({ id, client_id }) => ({ id, client: client_id }));
}

/** The first time after `now` that lies a whole number of intervals (in seconds) after `last`. */
export function nextDue(last: Date, intervalSeconds: number, now: Date): Date {
  const step = intervalSeconds * 1000;
  const missed = Math.max(0, Math.floor((now.getTime() - last.getTime()) / step));
  return new Date(last.getTime() + (missed + 1) * step);
}

/** A lock that nobody saw hold would be a promise without proof. */
function refuseLockThatDoesNotHold({ name, probe }: Store, { lockDays, lockMode }: NewBackupPolicy) {
  if (lockDays === null || isSeenToHold(probe, lockMode)) return;
  throw invalid('lockDays', 'backup-policy.locks-not-seen', { store: name });
}

async function refuseSecondPolicy({ db }: Work, asset: string) {
  const known = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', asset)
    .executeTakeFirst();
  if (known) throw conflict('backup-policy.second');
}

const selectPolicies = ({ db }: Work) =>
  db
    .selectFrom('backup_policies as policy')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'policy.asset_id').onRef('asset.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .select([
      'policy.id',
      'policy.client_id',
      'policy.source_kind',
      'policy.source_address',
      'policy.interval_seconds',
      'policy.lock_mode',
      'policy.lock_days',
      'policy.is_gentle',
      'policy.is_enabled',
      'policy.next_due_at',
      'asset.id as asset_id',
      'asset.name as asset_name',
      'asset.label',
      'store.id as store_id',
      'store.name as store_name',
    ]);

const present = (row: {
  id: string;
  client_id: string;
  source_kind: BackupPolicy['sourceKind'];
  source_address: string;
  interval_seconds: number;
  lock_mode: string | null;
  lock_days: number | null;
  is_gentle: boolean;
  is_enabled: boolean;
  next_due_at: Date;
  asset_id: string;
  asset_name: string;
  label: string;
  store_id: string;
  store_name: string;
}): BackupPolicy => ({
  id: row.id,
  client: row.client_id,
  asset: { id: row.asset_id, name: row.asset_name, label: row.label },
  store: { id: row.store_id, name: row.store_name },
  sourceKind: row.source_kind,
  source: row.source_address,
  intervalSeconds: row.interval_seconds,
  lock: row.lock_days === null ? null : { mode: row.lock_mode as LockMode, days: row.lock_days },
  isGentle: row.is_gentle,
  isEnabled: row.is_enabled,
  nextDueAt: row.next_due_at.toISOString(),
});
