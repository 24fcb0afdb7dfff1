/** Policies, recovery points, losses and restore tests of clients. */
import { sql } from 'kysely';
import { BACKUP, NEVER_SECONDS } from '../backup-policies.ts';
import { longestGapOf } from '../backup-standing.ts';
import { isTestSuspect } from '../content-looks.ts';
import type { LostPointFacts, PolicyFacts, RecoveryPointFacts } from '../facts.ts';
import { lastOmitted } from '../omission-checks.ts';
import { isThere } from '../point-losses.ts';
import { reachDays } from '../retention/reach.ts';
import { RetentionRules } from '../retention/rules.ts';
import type { Work } from '../work.ts';
import { byClient, since } from './rows.ts';

const LAST_NUMBER = sql<number>`(select max(last.number) from retentions as last
  where last.client_id = policy.client_id and last.policy_id = policy.id)`;

/** Without an end to what is kept, or without a word on how long damage goes unnoticed, there is nothing to compare. */
function retentionOf(row: {
  rules: unknown;
  damage_noticed_days: number | null;
  longest_gap_seconds: number | null;
}): PolicyFacts['retention'] {
  if (!row.rules || row.damage_noticed_days === null) return null;
  const intervalSeconds = row.longest_gap_seconds ?? NEVER_SECONDS;
  const reach = reachDays(RetentionRules.parse(row.rules), { intervalSeconds });
  return reach === null ? null : { reachDays: reach, noticedDays: row.damage_noticed_days };
}

export async function loadPolicies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('backup_policies as policy')
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .innerJoin('schedules as schedule', (join) =>
      join
        .onRef('schedule.subject_id', '=', 'policy.id')
        .onRef('schedule.client_id', '=', 'policy.client_id')
        .on('schedule.purpose', '=', BACKUP),
    )
    .select(['policy.client_id', 'policy.id', 'policy.asset_id', 'policy.is_enabled'])
    .select(longestGapOf('policy', 'schedule').as('longest_gap_seconds'))
    .select(lastOmitted('policy').as('omitted'))
    .select([
      'store.id as store_id',
      'store.kind',
      'store.is_offsite',
      'store.site_id',
      'store.account',
      'store.needs',
    ])
    .leftJoin('retentions as retention', (join) =>
      join
        .onRef('retention.policy_id', '=', 'policy.id')
        .onRef('retention.client_id', '=', 'policy.client_id')
        .on('retention.number', '=', LAST_NUMBER),
    )
    .select(['retention.rules', 'retention.damage_noticed_days'])
    .where('policy.client_id', 'in', ids)
    .orderBy('policy.id')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    asset: row.asset_id,
    intervalSeconds: row.longest_gap_seconds ?? NEVER_SECONDS,
    isEnabled: row.is_enabled,
    omitted: row.omitted,
    retention: retentionOf(row),
    store: {
      id: row.store_id,
      kind: row.kind,
      isOffsite: row.is_offsite,
      site: row.site_id,
      account: row.account,
      needs: row.needs,
    },
  }));
}

const POINT = [
  'point.client_id',
  'point.id',
  'point.asset_id',
  'point.data_time',
  'point.ended_at',
  'point.bytes',
  'point.files',
  'point.torn',
  'point.vanished',
  'point.unreadable',
  'point.skipped',
  'point.store_id',
] as const;

export async function loadPoints(work: Work, ids: string[]) {
  const { db, now } = work;
  const rows = await db
    .selectFrom('recovery_points as point')
    .select(POINT)
    .where('point.client_id', 'in', ids)
    .where('point.data_time', '>', since({ now }))
    .where(isThere('point'))
    .orderBy('point.data_time', 'desc')
    .limit(200_000)
    .execute();
  const locks = await loadLocks(work, ids);
  return byClient(rows, (row) => presentPoint(row, locks));
}

const DAY_MS = 86_400_000;

type Lock = { mode: 'governance' | 'compliance'; days: number };

/** A policy keeps the lock it was made with, so it is that of every point that it made: by asset and store. */
async function loadLocks({ db }: Work, ids: string[]): Promise<Map<string, Lock>> {
  const rows = await db
    .selectFrom('backup_policies')
    .select(['asset_id', 'store_id', 'lock_mode', 'lock_days'])
    .where('client_id', 'in', ids)
    .where('lock_days', 'is not', null)
    .limit(100_000)
    .execute();
  return new Map(
    rows.map(({ asset_id, store_id, lock_mode, lock_days }) => [
      `${asset_id} ${store_id}`,
      { mode: lock_mode as Lock['mode'], days: lock_days ?? 0 },
    ]),
  );
}

type PointRow = {
  id: string;
  asset_id: string;
  store_id: string;
  data_time: Date;
  ended_at: Date;
  bytes: number;
  files: number;
  torn: number;
  vanished: number;
  unreadable: number;
  skipped: number;
};

const presentPoint = (row: PointRow, locks: Map<string, Lock>): RecoveryPointFacts => ({
  id: row.id,
  asset: row.asset_id,
  dataTime: row.data_time.toISOString(),
  endedAt: row.ended_at.toISOString(),
  bytes: row.bytes,
  files: row.files,
  reservations: {
    torn: row.torn,
    vanished: row.vanished,
    unreadable: row.unreadable,
    skipped: row.skipped,
  },
  lock: lockOf(row, locks.get(`${row.asset_id} ${row.store_id}`)),
});

const lockOf = ({ ended_at }: PointRow, lock: Lock | undefined): RecoveryPointFacts['lock'] =>
  lock ? { mode: lock.mode, until: new Date(ended_at.getTime() + lock.days * DAY_MS).toISOString() } : null;

export async function loadLosses({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('point_losses as loss')
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'loss.client_id').onRef('point.id', '=', 'loss.recovery_point_id'),
    )
    .select(['loss.client_id', 'point.id', 'point.asset_id', 'loss.kind', 'loss.found_at'])
    .where('loss.client_id', 'in', ids)
    .where('loss.ended_at', 'is', null)
    .where('point.data_time', '>', since({ now }))
    .orderBy('loss.found_at')
    .limit(200_000)
    .execute();
  return byClient(
    rows,
    (row): LostPointFacts => ({
      id: row.id,
      asset: row.asset_id,
      kind: row.kind as LostPointFacts['kind'],
      foundAt: row.found_at.toISOString(),
    }),
  );
}

/** What passed on a point that was lost since shows nothing of what is left; what failed still does. A sound sample is no test, nor is one that was called off. */
const SAYS_SOMETHING = sql<boolean>`coalesce(test.finding_code, '') <> 'restore-test.sample' and test.state <> 'cancelled' and (test.state <> 'passed' or not exists (
  select from point_losses as loss
  where loss.client_id = test.client_id and loss.recovery_point_id = test.recovery_point_id and loss.ended_at is null))`;

/** Levels are in the order of what they show. */
const FIRST_PROVED = sql<Date | null>`(select min(first.finished_at) from restore_tests as first
  where first.client_id = test.client_id and first.recovery_point_id = test.recovery_point_id
    and test.state = 'passed' and first.state = 'passed' and first.reached >= test.reached)`;

export async function loadTests({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('restore_tests as test')
    .where(SAYS_SOMETHING)
    .select([
      'client_id',
      'id',
      'asset_id',
      'recovery_point_id',
      'state',
      'requested',
      'reached',
      'finished_at',
    ])
    .select(['seconds', 'data_age_seconds', 'bytes', 'planted_faults', 'caught'])
    .select(FIRST_PROVED.as('proved_at'))
    .select(isTestSuspect('test').as('is_suspect'))
    .where('client_id', 'in', ids)
    .where('asked_at', '>', since({ now }))
    .orderBy('asked_at', 'desc')
    .limit(200_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    asset: row.asset_id,
    recoveryPoint: row.recovery_point_id,
    state: row.state,
    requested: row.requested,
    reached: row.reached,
    finishedAt: row.finished_at?.toISOString() ?? null,
    provedAt: row.proved_at?.toISOString() ?? null,
    seconds: row.seconds,
    dataAgeSeconds: row.data_age_seconds,
    bytes: row.bytes,
    plantedFaults: row.planted_faults,
    caught: row.caught,
    isSuspect: row.is_suspect,
  }));
}
