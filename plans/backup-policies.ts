/** Backup policies: which source is backed up into which store; their schedules say how often. */
import { z } from 'zod';
import { allow } from './access.ts';
import { type PolicySource, readPolicySource } from './agent-sources.ts';
import { type Asset, findAsset } from './assets.ts';
import { record } from './audit.ts';
import { longestGapOf } from './backup-standing.ts';
import { refuseImpossibleObjective } from './blackout-limits.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import type { Cadence, Timed } from './schedules/cadence.ts';
import { nextDueTimes } from './schedules/due-times.ts';
import { enableSchedule, keepSchedule, ScheduleRules } from './schedules/schedules.ts';
import { SOURCE_FORMS, SOURCE_KINDS } from './source-addresses.ts';
import { isSeenToHold, LOCK_MODES, type LockMode } from './store-probes.ts';
import { findStore, type Store } from './stores.ts';
import { Checkbox, Line, OptionalDays } from './text.ts';
import type { Work } from './work.ts';

/** What the schedules of policies are for. */
export const BACKUP = 'backup';
/** Of a policy that is due no more: as good as none. */
export const NEVER_SECONDS = 10 * 31_622_400;

export const NewBackupPolicy = z.object({
  asset: z.uuid(),
  store: z.uuid(),
  source: Line(1000).describe(SOURCE_FORMS),
  schedule: ScheduleRules.optional().describe('When it is due'),
  intervalSeconds: z.coerce
    .number()
    .int()
    .min(300)
    .max(31_622_400)
    .default(86_400)
    .describe('Short for a schedule that goes by whole intervals'),
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
    schedule: ScheduleRules,
    intervalSeconds: z.int().describe('The longest time between two starts that follows from it'),
    lock: z.object({ mode: z.enum(LOCK_MODES), days: z.int() }).nullable(),
    isGentle: z.boolean(),
    isEnabled: z.boolean(),
    nextDueAt: z.iso.datetime().nullable(),
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
  const rules = policy.schedule ?? everyInterval(policy.intervalSeconds);
  const made = { ...policy, asset, store, rules };
  return insertBackupPolicy(work, made, { ...source, sealed: work.seal('source', policy.source) });
}

interface Made {
  asset: Asset;
  store: Store;
  rules: ScheduleRules;
  lockDays: number | null;
  lockMode: LockMode;
  isGentle: boolean;
}

/** Keeps a new policy whose store and source were looked at already. */
export async function insertBackupPolicy(
  work: Work,
  { asset, store, rules, ...policy }: Made,
  source: PolicySource & { sealed: Buffer },
): Promise<BackupPolicy> {
  await refuseSameStore(work, asset, store);
  const subject = { id: null, client: asset.client, asset };
  await refuseImpossibleObjective(work, subject, { before: null, after: rules.cadence });
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
      sealed_source: source.sealed,
      lock_mode: policy.lockDays === null ? null : policy.lockMode,
      lock_days: policy.lockDays,
      is_gentle: policy.isGentle,
      is_enabled: true,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await keepSchedule(work, { client: asset.client, purpose: BACKUP, subject: id }, rules);
  await record(
    work,
    'backup-policy.added',
    { kind: 'backup-policy', id, client: asset.client },
    {
      asset: asset.name,
      store: store.name,
      source: source.address,
      schedule: rules,
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

  await work.db.updateTable('backup_policies').set({ is_enabled: !isPaused }).where('id', '=', id).execute();
  await enableSchedule(work, { client: policy.client, purpose: BACKUP, subject: id }, !isPaused);
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
  return present(row, work.now);
}

/** The policy that makes the points of an asset in a store. */
export async function findPolicyOf(
  work: Work,
  { asset, store }: { asset: string; store: string },
): Promise<BackupPolicy> {
  allow(work, 'protection.read');
  const row = await selectPolicies(work)
    .where('policy.asset_id', '=', asset)
    .where('policy.store_id', '=', store)
    .executeTakeFirst();
  if (!row) throw notFound('backup-policy');
  return present(row, work.now);
}

export async function listBackupPolicies(work: Work, client: string): Promise<BackupPolicy[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await selectPolicies(work)
    .where('policy.client_id', '=', client)
    .orderBy('asset.name')
    .orderBy('store.name')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

/** A lock that nobody saw hold would be a promise without proof. */
export function refuseLockThatDoesNotHold(
  { name, probe }: Store,
  { lockDays, lockMode }: Pick<NewBackupPolicy, 'lockDays' | 'lockMode'>,
) {
  if (lockDays === null || isSeenToHold(probe, lockMode)) return;
  throw invalid('lockDays', 'backup-policy.locks-not-seen', { store: name });
}

/** Two that write into one place would hold each other's points for their own. */
async function refuseSameStore({ db }: Work, asset: Asset, store: Store) {
  const known = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', asset.id)
    .where('store_id', '=', store.id)
    .executeTakeFirst();
  if (known) throw conflict('backup-policy.same-store', { asset: asset.name, store: store.name });
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
    .innerJoin('clients as client', 'client.client_id', 'policy.client_id')
    .innerJoin('schedules as schedule', (join) =>
      join
        .onRef('schedule.subject_id', '=', 'policy.id')
        .onRef('schedule.client_id', '=', 'policy.client_id')
        .on('schedule.purpose', '=', BACKUP),
    )
    .select([
      'schedule.cadence',
      'schedule.start_window_seconds',
      'schedule.completion_window_seconds',
      'schedule.catch_up',
      'client.time_zone',
    ])
    .select(longestGapOf('policy', 'schedule').as('longest_gap_seconds'))
    .select((from) =>
      from
        .selectFrom('occurrences')
        .select((one) => one.fn.min('due_at').as('due_at'))
        .whereRef('schedule_id', '=', 'schedule.id')
        .where('state', '=', 'planned')
        .as('planned_at'),
    )
    .select([
      'policy.id',
      'policy.client_id',
      'policy.source_kind',
      'policy.source_address',
      'policy.lock_mode',
      'policy.lock_days',
      'policy.is_gentle',
      'policy.is_enabled',
      'asset.id as asset_id',
      'asset.name as asset_name',
      'asset.label',
      'store.id as store_id',
      'store.name as store_name',
    ]);

const present = (
  row: {
    id: string;
    client_id: string;
    source_kind: BackupPolicy['sourceKind'];
    source_address: string;
    lock_mode: string | null;
    lock_days: number | null;
    is_gentle: boolean;
    is_enabled: boolean;
    cadence: unknown;
    start_window_seconds: number;
    completion_window_seconds: number | null;
    catch_up: string;
    longest_gap_seconds: number | null;
    time_zone: string;
    planned_at: Date | null;
    asset_id: string;
    asset_name: string;
    label: string;
    store_id: string;
    store_name: string;
  },
  now: Date,
): BackupPolicy => ({
  id: row.id,
  client: row.client_id,
  asset: { id: row.asset_id, name: row.asset_name, label: row.label },
  store: { id: row.store_id, name: row.store_name },
  sourceKind: row.source_kind,
  source: row.source_address,
  schedule: rulesOf(row),
  intervalSeconds: row.longest_gap_seconds ?? NEVER_SECONDS,
  lock: row.lock_days === null ? null : { mode: row.lock_mode as LockMode, days: row.lock_days },
  isGentle: row.is_gentle,
  isEnabled: row.is_enabled,
  nextDueAt: nextDueOf(row, now)?.toISOString() ?? null,
});

const everyInterval = (everySeconds: number) =>
  ScheduleRules.parse({ cadence: { kind: 'interval', everySeconds } });

interface ScheduleRow {
  id: string;
  cadence: unknown;
  start_window_seconds: number;
  completion_window_seconds: number | null;
  catch_up: string;
  is_enabled: boolean;
  time_zone: string;
  planned_at: Date | null;
}

const rulesOf = (row: ScheduleRow): ScheduleRules => ({
  cadence: row.cadence as Cadence,
  startWindowSeconds: row.start_window_seconds,
  completionWindowSeconds: row.completion_window_seconds,
  catchUp: row.catch_up as ScheduleRules['catchUp'],
});

/** As planned, or as it will be. */
function nextDueOf(row: ScheduleRow, now: Date): Date | null {
  if (!row.is_enabled) return null;
  if (row.planned_at) return row.planned_at;
  const cadence = row.cadence as Cadence;
  if (cadence.kind === 'objective') return null;
  return nextDueTimes(cadence satisfies Timed, { zone: row.time_zone, id: row.id, after: now }, 1)[0] ?? null;
}
