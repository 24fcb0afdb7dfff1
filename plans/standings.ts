/** Standings of clients: computed anew when something about a client changed or its time has come, and only then. */
import { sql } from 'kysely';
import { allow } from './access.ts';
import { loadFacts } from './client-facts.ts';
import { type Client, findClient, presentClient } from './clients.ts';
import type { Reason } from './facts.ts';
import { computeStanding, type Standing } from './standing.ts';
import type { Work } from './work.ts';

/** So many at a time: a transaction stays short. */
const BATCH = 10;

/** A standing as it was computed last. */
export interface KeptStanding {
  client: Client;
  standing: Omit<Standing, 'goodUntil' | 'catalogueVersion'> | null;
  computedAt: string | null;
  /** Something changed since, or its time has passed. */
  isStale: boolean;
}

/** Asks for what is due, if anything is. Asked for twice, the second finds nothing. */
export async function queueDueStandings(work: Work): Promise<void> {
  const [due] = await dueClients(work, 1);
  if (due !== undefined) await work.enqueue('compute-standings', {});
}

/** Computes the next few that are due, and answers how many. None: everything is as it would be now. */
export async function refreshStandings(work: Work): Promise<number> {
  const due = await dueClients(work, BATCH);
  for (const client of due) await refreshStanding(work, client);
  return due.length;
}

/**
 * Computes where one client stands. An event meanwhile counts up `changes`, and then the standing stays stale: nothing that
 * happens is passed over, and nobody who writes has to wait.
 */
export async function refreshStanding(work: Work, clientId: string): Promise<void> {
  await work.db
    .insertInto('client_standings')
    .values({ client_id: clientId })
    .onConflict((row) => row.columns(['provider_id', 'client_id']).doNothing())
    .execute();
  const { changes } = await work.db
    .selectFrom('client_standings')
    .select('changes')
    .where('client_id', '=', clientId)
    .executeTakeFirstOrThrow();
  const client = await findClient(work, clientId);
  const facts = (await loadFacts(work, [client])).get(clientId);
  if (!facts) return;
  const { goodUntil, catalogueVersion, missing, frameworks, ...figures } = computeStanding(facts);
  await work.db
    .updateTable('client_standings')
    .set({
      computed_at: work.now,
      good_until: new Date(goodUntil),
      is_stale: sql<boolean>`changes <> ${changes}`,
      catalogue_version: catalogueVersion,
      level: figures.level,
      missing: JSON.stringify(missing),
      contradictions: figures.contradictions,
      rto_breaches: figures.rtoBreaches,
      rpo_breaches: figures.rpoBreaches,
      overdue_reviews: figures.overdueReviews,
      overdue_tests: figures.overdueTests,
      overdue_actions: figures.overdueActions,
      failed_tests: figures.failedTests,
      proven_data_at: figures.provenDataAt ? new Date(figures.provenDataAt) : null,
      frameworks: JSON.stringify(frameworks),
    })
    .where('client_id', '=', clientId)
    .execute();
}

export interface StandingsAsked {
  search: string | null;
  level: number | null;
  /** How many to pass over. */
  offset: number;
  limit: number;
}

/** Clients with their standings, the worst first: lowest level, then most contradictions, then by name. */
export async function listStandings(
  work: Work,
  { search, level, offset, limit }: StandingsAsked,
): Promise<{ standings: KeptStanding[]; total: number }> {
  allow(work, 'client.read');
  let query = work.db
    .selectFrom('clients as client')
    .leftJoin('client_standings as standing', 'standing.client_id', 'client.client_id');
  if (search) query = query.where(sql<boolean>`strpos(lower(client.name), lower(${search})) > 0`);
  if (level !== null) query = query.where('standing.level', '=', level);
  const { total } = await query
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .selectAll('client')
    .select(['standing.computed_at', 'standing.good_until', 'standing.is_stale', 'standing.level'])
    .select(['standing.missing', 'standing.contradictions', 'standing.rto_breaches', 'standing.rpo_breaches'])
    .select(['standing.overdue_reviews', 'standing.overdue_tests', 'standing.overdue_actions'])
    .select(['standing.failed_tests', 'standing.proven_data_at', 'standing.frameworks'])
    .orderBy(sql`standing.level`, (order) => order.asc().nullsFirst())
    .orderBy(sql`standing.contradictions`, (order) => order.desc().nullsFirst())
    .orderBy('client.name')
    .offset(offset)
    .limit(limit)
    .execute();
  return { total, standings: rows.map((row) => present(row, work.now)) };
}

/** Changed since, past their time, or never computed; what waits longest first. */
async function dueClients({ db, now }: Work, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('clients as client')
    .leftJoin('client_standings as standing', 'standing.client_id', 'client.client_id')
    .select('client.client_id')
    .where((row) =>
      row.or([
        row('standing.computed_at', 'is', null),
        row('standing.is_stale', '=', true),
        row('standing.good_until', '<=', now),
      ]),
    )
    .orderBy(sql`standing.computed_at`, (order) => order.asc().nullsFirst())
    .orderBy('client.client_id')
    .limit(limit)
    .execute();
  return rows.map(({ client_id }) => client_id);
}

type Row = Parameters<typeof presentClient>[0] & {
  computed_at: Date | null;
  good_until: Date | null;
  is_stale: boolean | null;
  level: number | null;
  missing: unknown;
  contradictions: number | null;
  rto_breaches: number | null;
  rpo_breaches: number | null;
  overdue_reviews: number | null;
  overdue_tests: number | null;
  overdue_actions: number | null;
  failed_tests: number | null;
  proven_data_at: Date | null;
  frameworks: unknown;
};

const present = (row: Row, now: Date): KeptStanding => ({
  client: presentClient(row),
  computedAt: row.computed_at?.toISOString() ?? null,
  isStale: row.is_stale !== false || row.good_until === null || row.good_until <= now,
  standing:
    row.computed_at === null
      ? null
      : {
          level: (row.level ?? 0) as Standing['level'],
          missing: row.missing as Reason | null,
          contradictions: row.contradictions ?? 0,
          rtoBreaches: row.rto_breaches ?? 0,
          rpoBreaches: row.rpo_breaches ?? 0,
          overdueReviews: row.overdue_reviews ?? 0,
          overdueTests: row.overdue_tests ?? 0,
          overdueActions: row.overdue_actions ?? 0,
          failedTests: row.failed_tests ?? 0,
          provenDataAt: row.proven_data_at?.toISOString() ?? null,
          frameworks: row.frameworks as Standing['frameworks'],
        },
});
