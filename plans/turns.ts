/**
 * Turns: how many runs and tests go on at once for a client and at a store, and who comes first where not all can. It is kept here, under
 * locks, since a queue counts what it has handed out and not what goes on.
 */
import { sql } from 'kysely';
import type { Work } from './work.ts';

/** Who comes first: a drill, a person's wish, backups that are due, proofs that rotate. */
export const RANKS = { drill: 4, asked: 3, due: 2, rotating: 1 } as const;

const NEXT_LOOK_SECONDS = 3;
const LONGEST_SECONDS = 60;

export type Waiting = 'backup_runs' | 'restore_tests';

interface Place {
  limit: number;
  open: number;
  ahead: number;
}

/**
 * Null when it may begin now, in this same transaction: nobody else of the client is let in before that has ended. Otherwise when to ask
 * again. What goes on already keeps its place.
 */
export async function waitForTurn(
  work: Work,
  table: Waiting,
  id: string,
): Promise<{ afterSeconds: number; priority: number } | null> {
  const own = await findOwn(work, table, id);
  if (own?.state !== 'queued') return null;
  const client = await work.db
    .selectFrom('clients')
    .select('runs_at_once')
    .where('client_id', '=', own.client_id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  const places = await countPlaces(work, own);
  const ahead = aheadOf(places, own.store_id, client.runs_at_once) ?? (await countReaders(work, table, own));
  if (ahead === null) return null;

  await work.db.updateTable(table).set({ turn_asked_at: work.now }).where('id', '=', id).execute();
  return { afterSeconds: Math.min(LONGEST_SECONDS, NEXT_LOOK_SECONDS * (1 + ahead)), priority: own.rank };
}

/** How many come first; null when there is room for all of them and this one too. */
export function aheadOf(
  places: ReadonlyMap<string, Place>,
  store: string,
  clientLimit: number,
): number | null {
  const all = [...places.values()];
  const own = places.get(store)!;
  const open = all.reduce((sum, place) => sum + place.open, 0);
  // Who waits for another store's place keeps nobody from a place here.
  const first = all.reduce(
    (sum, { limit, open, ahead }) => sum + Math.min(ahead, Math.max(0, limit - open)),
    0,
  );
  if (open + first < clientLimit && own.open + own.ahead < own.limit) return null;
  return Math.max(first, own.ahead);
}

/** Backups of the same source into other stores: each puts its sentinel there, so they go one after the other. */
async function countReaders({ db }: Work, table: Waiting, own: Own): Promise<number | null> {
  if (table !== 'backup_runs') return null;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count
    from backup_runs as own
    join backup_policies as policy on policy.id = own.policy_id and policy.client_id = own.client_id
    join backup_policies as beside on beside.asset_id = policy.asset_id and beside.client_id = policy.client_id
      and beside.id <> policy.id
    join backup_runs as run on run.policy_id = beside.id and run.client_id = beside.client_id
    join attempts as open on open.run_id = run.id and open.client_id = run.client_id and open.ended_at is null
    where own.id = ${own.id}`.execute(db);
  return rows[0]?.count || null;
}

type Own = { client_id: string; store_id: string; state: string; rank: number; asked_at: Date; id: string };

async function findOwn({ db }: Work, table: Waiting, id: string): Promise<Own | undefined> {
  const { rows } = await sql<Own>`
    select waiting.*
    from (${table === 'backup_runs' ? RUNS : TESTS}) as waiting
    where waiting.id = ${id}`.execute(db);
  return rows[0];
}

/** Of each store of the client: what goes on, and who asked for a turn lately and comes before this one. */
async function countPlaces({ db, now }: Work, own: Own): Promise<Map<string, Place>> {
  const { rows } = await sql<Place & { store: string }>`
    select store.id as store, store.runs_at_once as limit,
      (select count(*) from attempts
        where attempts.store_id = store.id and attempts.client_id = store.client_id
          and ended_at is null and run_id <> ${own.id}) as open,
      (select count(*) from (${RUNS} union all ${TESTS}) as other
        where other.store_id = store.id and other.client_id = store.client_id and other.id <> ${own.id}
          and other.state = 'queued' and other.turn_asked_at > ${now}::timestamptz - interval '3 minutes'
          and (other.rank > ${own.rank} or (other.rank = ${own.rank} and (other.asked_at, other.id) < (${own.asked_at}::timestamptz, ${own.id}::uuid)))) as ahead
    from stores as store
    where store.client_id = ${own.client_id}`.execute(db);
  return new Map(rows.map(({ store, ...place }) => [store, place]));
}

const RUNS = sql`
  select run.client_id, run.id, policy.store_id, run.state::text as state, run.asked_at, run.turn_asked_at,
    case run.cause when 'asked' then ${sql.lit(RANKS.asked)} else ${sql.lit(RANKS.due)} end as rank
  from backup_runs as run
  join backup_policies as policy on policy.id = run.policy_id and policy.client_id = run.client_id`;

const TESTS = sql`
  select test.client_id, test.id, point.store_id, test.state::text as state, test.asked_at, test.turn_asked_at, test.rank
  from restore_tests as test
  join recovery_points as point on point.id = test.recovery_point_id and point.client_id = test.client_id`;
