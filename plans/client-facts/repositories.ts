/** What other tools keep of clients: their repositories, what they list, what went from there, and what we proved of it. */
import { sql } from 'kysely';
import type {
  LostPointFacts,
  PolicyFacts,
  RecoveryPointFacts,
  RestoreTestFacts,
  TestState,
} from '../facts.ts';
import { backupsAmong, isChosen } from '../repositories/counted.ts';
import type { RepositoryLevel } from '../repositories/shown.ts';
import type { Work } from '../work.ts';
import { byClient, since } from './rows.ts';

const DAY_MS = 86_400_000;

/** One repository that was read at least once, with the snapshots of its asset: none where nobody can tell which those are. */
interface Read {
  repository: RepositoryRow;
  there: SnapshotRow[];
  lost: SnapshotRow[];
  /** Snapshots went as their tool lets them go, so that it keeps none for ever. */
  isThinned: boolean;
}

export async function loadRepositories(work: Work, ids: string[]) {
  const repositories = await selectRepositories(work, ids).execute();
  const snapshots = Map.groupBy(
    repositories.length === 0 ? [] : await selectSnapshots(work, ids).execute(),
    ({ repository_id }) => repository_id,
  );
  const read = repositories.map((repository) => readOf(repository, snapshots.get(repository.id) ?? []));
  const clientOf = ({ repository: { client_id } }: Read) => ({ client_id });
  const counted = read.flatMap((one) => one.there.map((snapshot) => ({ ...clientOf(one), one, snapshot })));
  const gone = read.flatMap((one) => one.lost.map((snapshot) => ({ ...clientOf(one), one, snapshot })));
  return {
    policies: byClient(
      read.map((one) => ({ ...clientOf(one), one })),
      ({ one }) => policyOf(one, work.now),
    ),
    recoveryPoints: byClient(counted, ({ one, snapshot }) => pointOf(one, snapshot)),
    lostPoints: byClient(gone, ({ one, snapshot }) => lossOf(one, snapshot)),
    restoreTests: await loadProofs(work, ids, new Set(counted.map(({ snapshot }) => snapshot.id))),
  };
}

const selectRepositories = ({ db }: Work, ids: string[]) =>
  db
    .selectFrom('repositories')
    .select(['id', 'client_id', 'asset_id', 'tool', 'address', 'host', 'series', 'every_seconds'])
    .select(['kept_days', 'noticed_days', 'is_offsite', 'site_id', 'account', 'needs'])
    .where('client_id', 'in', ids)
    .where('looked_at', 'is not', null)
    .orderBy('id')
    .limit(100_000);
type RepositoryRow = Awaited<ReturnType<ReturnType<typeof selectRepositories>['executeTakeFirstOrThrow']>>;

const selectSnapshots = ({ db, now }: Work, ids: string[]) =>
  db
    .selectFrom('repository_snapshots')
    .select(['id', 'repository_id', 'snapshot', 'name', 'data_time', 'ended_at', 'first_seen_at', 'gone_at'])
    .select(['host', 'series', sql<string[]>`paths`.as('paths')])
    .where('client_id', 'in', ids)
    .where('data_time', '>', since({ now }))
    .orderBy('data_time', 'desc')
    .limit(200_000);
type SnapshotRow = Awaited<ReturnType<ReturnType<typeof selectSnapshots>['executeTakeFirstOrThrow']>>;

function readOf(repository: RepositoryRow, snapshots: SnapshotRow[]): Read {
  const chosen = snapshots.filter((one) => isChosen(repository, one));
  const there = chosen.filter(({ gone_at }) => gone_at === null);
  const gone = chosen.filter(({ gone_at }) => gone_at !== null);
  const lost = gone.filter((one) => isLost(one, repository));
  return {
    repository,
    there: backupsAmong(repository, there) > 1 ? [] : there,
    lost,
    isThinned: gone.length > lost.length,
  };
}

/** Its tool lets old ones go; of one that goes sooner, or where nobody said how soon, nobody knows why. */
const isLost = ({ data_time, gone_at }: SnapshotRow, { kept_days }: RepositoryRow): boolean =>
  kept_days === null || gone_at!.getTime() - data_time.getTime() < kept_days * DAY_MS;

const policyOf = ({ repository, there, isThinned }: Read, now: Date): PolicyFacts => ({
  id: repository.id,
  asset: repository.asset_id,
  tool: repository.tool,
  intervalSeconds: repository.every_seconds,
  isEnabled: true,
  omitted: null,
  retention: isThinned ? reachOf(repository, there, now) : null,
  store: {
    id: repository.id,
    kind: repository.address.startsWith('s3:') ? 's3' : 'folder',
    isOffsite: repository.is_offsite,
    site: repository.site_id,
    account: repository.account,
    needs: repository.needs,
  },
});

/** As far back as what is there goes. */
function reachOf({ noticed_days }: RepositoryRow, there: SnapshotRow[], now: Date): PolicyFacts['retention'] {
  const oldest = there.at(-1);
  if (!oldest || noticed_days === null) return null;
  const reachDays = Math.floor((now.getTime() - oldest.data_time.getTime()) / DAY_MS);
  return { reachDays, noticedDays: noticed_days };
}

const pointOf = ({ repository }: Read, row: SnapshotRow): RecoveryPointFacts => ({
  id: row.id,
  asset: repository.asset_id,
  tool: repository.tool,
  dataTime: row.data_time.toISOString(),
  endedAt: wholeAt(row).toISOString(),
  bytes: 0,
  files: 0,
  reservations: { torn: 0, vanished: 0, unreadable: 0, skipped: 0 },
  lock: null,
});

/** Where nothing tells when it was whole, it was by the time it was first seen. */
const wholeAt = ({ data_time, ended_at, first_seen_at }: SnapshotRow): Date =>
  new Date(Math.max(data_time.getTime(), (ended_at ?? first_seen_at).getTime()));

const lossOf = ({ repository }: Read, { id, gone_at }: SnapshotRow): LostPointFacts => ({
  id,
  asset: repository.asset_id,
  kind: 'gone',
  foundAt: gone_at!.toISOString(),
});

const FIRST_PROVED = sql<Date | null>`(select min(first.finished_at) from repository_proofs as first
  where first.client_id = proof.client_id and first.snapshot_id = proof.snapshot_id
    and proof.state = 'passed' and first.state = 'passed' and first.shown >= proof.shown)`;

/** What passed on a snapshot that is gone, or of which nobody can tell whose it is, shows nothing; what failed still does. */
async function loadProofs(
  { db, now }: Work,
  ids: string[],
  counted: ReadonlySet<string>,
): Promise<Map<string, RestoreTestFacts[]>> {
  const rows = await db
    .selectFrom('repository_proofs as proof')
    .innerJoin('repositories as repository', (join) =>
      join
        .onRef('repository.id', '=', 'proof.repository_id')
        .onRef('repository.client_id', '=', 'proof.client_id'),
    )
    .select([
      'proof.client_id',
      'proof.id',
      'proof.snapshot_id',
      'proof.state',
      'proof.requested',
      'proof.reached',
      'proof.shown',
    ])
    .select(['proof.finished_at', 'proof.seconds', 'proof.data_age_seconds', 'proof.bytes'])
    .select(['proof.planted_faults', 'proof.caught', 'repository.asset_id', 'repository.tool'])
    .select(FIRST_PROVED.as('proved_at'))
    .where('proof.client_id', 'in', ids)
    .where('proof.asked_at', '>', since({ now }))
    .where('proof.state', '<>', 'cancelled')
    .orderBy('proof.asked_at', 'desc')
    .limit(200_000)
    .execute();
  return byClient(
    rows.filter(({ state, snapshot_id }) => state !== 'passed' || counted.has(snapshot_id)),
    (row): RestoreTestFacts => ({
      id: row.id,
      asset: row.asset_id,
      tool: row.tool,
      recoveryPoint: row.snapshot_id,
      state: row.state as TestState,
      requested: row.requested as RepositoryLevel,
      reached: row.shown as RepositoryLevel | null,
      ...(row.reached !== row.shown && { unshown: row.reached as RepositoryLevel }),
      finishedAt: row.finished_at?.toISOString() ?? null,
      provedAt: row.proved_at?.toISOString() ?? null,
      seconds: row.seconds,
      dataAgeSeconds: row.data_age_seconds,
      bytes: row.bytes,
      plantedFaults: row.planted_faults,
      caught: row.caught,
    }),
  );
}
