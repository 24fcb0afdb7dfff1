/** Reads what is known of clients into plain facts: one query for each table, however many clients are asked for. */
import { sql } from 'kysely';
import type { Client } from './clients.ts';
import type { ClientFacts, EvidenceFacts, LostPointFacts, RecoveryPointFacts, SectionKind } from './facts.ts';
import { isNotLost } from './point-losses.ts';
import type { Work } from './work.ts';

/** The last year of points and tests is what every rule looks at; older ones are history. */
const LOOK_BACK_MS = 400 * 86_400_000;

/** Facts of several clients, by client id. */
export const loadFacts = (work: Work, clients: Client[]) =>
  load(work, clients, { points: loadPoints, evidence: loadEvidence });

/**
 * The facts from which the level, what is missing and the contradictions of many clients follow at once. Of points
 * they hold the newest of each asset and those that a test looked at, so the gap that a schedule claims, and
 * coverage, do not follow from them.
 */
export const loadReadinessFacts = (work: Work, clients: Client[]) =>
  load(work, clients, { points: loadJudgedPoints, evidence: async () => new Map() });

async function load(
  work: Work,
  clients: Client[],
  read: {
    points: (work: Work, ids: string[]) => Promise<Map<string, RecoveryPointFacts[]>>;
    evidence: (work: Work, ids: string[]) => Promise<Map<string, EvidenceFacts[]>>;
  },
): Promise<Map<string, ClientFacts>> {
  const ids = clients.map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const activities = await loadActivities(work, ids);
  const assets = await loadAssets(work, ids);
  const dependencies = await loadDependencies(work, ids);
  const plans = await loadPlans(work, ids);
  const policies = await loadPolicies(work, ids);
  const points = await read.points(work, ids);
  const losses = await loadLosses(work, ids);
  const tests = await loadTests(work, ids);
  const evidence = await read.evidence(work, ids);
  return new Map(
    clients.map(({ id, name, sector, country, timeZone }) => [
      id,
      {
        now: work.now.toISOString(),
        client: { id, name, sector, country, timeZone },
        activities: activities.get(id) ?? [],
        assets: assets.get(id) ?? [],
        dependencies: dependencies.get(id) ?? [],
        plans: plans.get(id) ?? [],
        policies: policies.get(id) ?? [],
        recoveryPoints: points.get(id) ?? [],
        lostPoints: losses.get(id) ?? [],
        restoreTests: tests.get(id) ?? [],
        evidence: evidence.get(id) ?? [],
      },
    ]),
  );
}

/** Groups rows by client, each turned into its fact. */
function byClient<Row extends { client_id: string }, Fact>(
  rows: Row[],
  fact: (row: Row) => Fact,
): Map<string, Fact[]> {
  const grouped = new Map<string, Fact[]>();
  for (const row of rows) {
    const facts = grouped.get(row.client_id);
    if (facts) facts.push(fact(row));
    else grouped.set(row.client_id, [fact(row)]);
  }
  return grouped;
}

async function loadActivities({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('activities')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('name')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    name: row.name,
    owner: row.owner,
    isPriority: row.is_priority,
    mtpdSeconds: row.mtpd_seconds,
    rtoSeconds: row.rto_seconds,
    rpoSeconds: row.rpo_seconds,
    mbco: row.mbco,
    approval:
      row.approved_by && row.approved_at ? { by: row.approved_by, at: row.approved_at.toISOString() } : null,
  }));
}

async function loadAssets({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('assets')
    .select(['client_id', 'id', 'name', 'kind', 'location'])
    .where('client_id', 'in', ids)
    .where('retired_at', 'is', null)
    .orderBy('name')
    .limit(100_000)
    .execute();
  return byClient(rows, ({ id, name, kind, location }) => ({ id, name, kind, location }));
}

async function loadDependencies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('dependencies')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('id')
    .limit(500_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    from: row.from_activity_id
      ? { kind: 'activity' as const, id: row.from_activity_id }
      : { kind: 'asset' as const, id: row.from_asset_id ?? '' },
    to: row.to_asset_id,
    kind: row.kind,
  }));
}

async function loadPlans(work: Work, ids: string[]) {
  const { db } = work;
  const plans = await db
    .selectFrom('plans')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('id')
    .limit(10_000)
    .execute();
  const covered = await db
    .selectFrom('plan_activities')
    .select(['plan_id', 'activity_id'])
    .where('client_id', 'in', ids)
    .limit(100_000)
    .execute();
  const versions = await loadVersionsInForce(work, ids);
  return byClient(plans, (row) => ({
    id: row.id,
    kind: row.kind,
    title: row.title,
    owner: row.owner,
    reviewIntervalDays: row.review_interval_days,
    activities: covered.filter(({ plan_id }) => plan_id === row.id).map(({ activity_id }) => activity_id),
    inForce: versions.get(row.id) ?? null,
  }));
}

async function loadVersionsInForce({ db }: Work, ids: string[]) {
  const versions = await db
    .selectFrom('plan_versions')
    .select(['id', 'plan_id', 'number', 'sha256', 'created_by_name'])
    .where('client_id', 'in', ids)
    .where('state', '=', 'in-force')
    .limit(10_000)
    .execute();
  const versionIds = versions.map(({ id }) => id);
  if (versionIds.length === 0) return new Map();
  const sections = await db
    .selectFrom('plan_sections')
    .select(({ fn, ref }) => ['plan_version_id', 'kind', fn<string>('btrim', [ref('body')]).as('text')])
    .where('plan_version_id', 'in', versionIds)
    .limit(100_000)
    .execute();
  const approvals = await db
    .selectFrom('approvals')
    .select(['plan_version_id', 'person_name', 'role', 'at'])
    .where('plan_version_id', 'in', versionIds)
    .where('decision', '=', 'approved')
    .orderBy('at')
    .limit(100_000)
    .execute();
  return new Map(
    versions.map((version) => [
      version.plan_id,
      {
        id: version.id,
        number: version.number,
        sha256: version.sha256 ?? '',
        createdBy: version.created_by_name,
        approvals: approvals
          .filter(({ plan_version_id }) => plan_version_id === version.id)
          .map(({ person_name, role, at }) => ({ by: person_name, role, at: at.toISOString() })),
        sections: sections
          .filter(({ plan_version_id }) => plan_version_id === version.id)
          .map(({ kind, text }) => ({ kind: kind as SectionKind, isEmpty: text === '' })),
      },
    ]),
  );
}

async function loadPolicies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('backup_policies as policy')
    .innerJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'policy.store_id').onRef('store.client_id', '=', 'policy.client_id'),
    )
    .select([
      'policy.client_id',
      'policy.id',
      'policy.asset_id',
      'policy.interval_seconds',
      'policy.is_enabled',
    ])
    .select(['store.id as store_id', 'store.kind', 'store.is_offsite'])
    .where('policy.client_id', 'in', ids)
    .orderBy('policy.id')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    asset: row.asset_id,
    intervalSeconds: row.interval_seconds,
    isEnabled: row.is_enabled,
    store: { id: row.store_id, kind: row.kind, isOffsite: row.is_offsite, lockedUntil: null },
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
] as const;

async function loadPoints({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('recovery_points as point')
    .select(POINT)
    .where('point.client_id', 'in', ids)
    .where('point.data_time', '>', new Date(now.getTime() - LOOK_BACK_MS))
    .where(isNotLost('point'))
    .orderBy('point.data_time', 'desc')
    .limit(200_000)
    .execute();
  return byClient(rows, presentPoint);
}

/** The index on assets finds the newest point of each without reading the others. */
async function loadJudgedPoints({ db, now }: Work, ids: string[]) {
  const since = new Date(now.getTime() - LOOK_BACK_MS);
  const newest = db
    .selectFrom('assets as asset')
    .innerJoinLateral(
      (of) =>
        of
          .selectFrom('recovery_points as one')
          .select('one.id')
          .whereRef('one.provider_id', '=', 'asset.provider_id')
          .whereRef('one.client_id', '=', 'asset.client_id')
          .whereRef('one.asset_id', '=', 'asset.id')
          .where('one.data_time', '>', since)
          .where('one.data_time', '<=', now)
          .where(isNotLost('one'))
          .orderBy('one.data_time', 'desc')
          .limit(1)
          .as('latest'),
      (join) => join.onTrue(),
    )
    .select(['asset.client_id', 'latest.id'])
    .where('asset.client_id', 'in', ids)
    .where('asset.retired_at', 'is', null);
  const tested = db
    .selectFrom('restore_tests')
    .select(['client_id', 'recovery_point_id as id'])
    .where('client_id', 'in', ids)
    .where('asked_at', '>', since);
  const rows = await db
    .selectFrom(newest.union(tested).as('judged'))
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'judged.client_id').onRef('point.id', '=', 'judged.id'),
    )
    .select(POINT)
    .where('point.data_time', '>', since)
    .where(isNotLost('point'))
    .orderBy('point.data_time', 'desc')
    .limit(200_000)
    .execute();
  return byClient(rows, presentPoint);
}

const presentPoint = (row: {
  id: string;
  asset_id: string;
  data_time: Date;
  ended_at: Date;
  bytes: number;
  files: number;
  torn: number;
  vanished: number;
  unreadable: number;
  skipped: number;
}): RecoveryPointFacts => ({
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
});

async function loadLosses({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('point_losses as loss')
    .innerJoin('recovery_points as point', (join) =>
      join.onRef('point.client_id', '=', 'loss.client_id').onRef('point.id', '=', 'loss.recovery_point_id'),
    )
    .select(['loss.client_id', 'point.id', 'point.asset_id', 'loss.kind', 'loss.found_at'])
    .where('loss.client_id', 'in', ids)
    .where('loss.ended_at', 'is', null)
    .where('point.data_time', '>', new Date(now.getTime() - LOOK_BACK_MS))
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

/** What passed on a point that was lost since shows nothing of what is left; what failed still does. A sound sample is no test. */
const SAYS_SOMETHING = sql<boolean>`coalesce(test.finding_code, '') <> 'restore-test.sample' and (test.state <> 'passed' or not exists (
  select from point_losses as loss
  where loss.client_id = test.client_id and loss.recovery_point_id = test.recovery_point_id and loss.ended_at is null))`;

async function loadTests({ db, now }: Work, ids: string[]) {
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
    .where('client_id', 'in', ids)
    .where('asked_at', '>', new Date(now.getTime() - LOOK_BACK_MS))
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
    seconds: row.seconds,
    dataAgeSeconds: row.data_age_seconds,
    bytes: row.bytes,
    plantedFaults: row.planted_faults,
    caught: row.caught,
  }));
}

/** The newest record of each code, subject and kind of assertor: what a person says never hides what was proved. */
async function loadEvidence({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('evidence')
    .distinctOn(['client_id', 'code', 'subject_id', 'asserted_by'])
    .select([
      'client_id',
      'id',
      'code',
      'subject_kind',
      'subject_id',
      'subject_name',
      'finding',
      'asserted_by',
    ])
    .select(['produced_by', 'at', 'valid_until', 'sha256'])
    .where('client_id', 'in', ids)
    .orderBy('client_id')
    .orderBy('code')
    .orderBy('subject_id')
    .orderBy('asserted_by')
    .orderBy('at', 'desc')
    .limit(200_000)
    .execute();
  return byClient(
    rows,
    (row): EvidenceFacts => ({
      id: row.id,
      code: row.code,
      subject: {
        kind: row.subject_kind as EvidenceFacts['subject']['kind'],
        id: row.subject_id,
        name: row.subject_name,
      },
      finding: row.finding,
      assertedBy: row.asserted_by,
      by: row.produced_by,
      at: row.at.toISOString(),
      validUntil: row.valid_until?.toISOString() ?? null,
      sha256: row.sha256,
    }),
  );
}
