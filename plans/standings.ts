/** Standings of clients: computed anew when something about a client changed or its time has come, and only then. */
import { sql } from 'kysely';
import { allow } from './access.ts';
import { watchFacts } from './alerts/watch.ts';
import { loadFacts } from './client-facts.ts';
import { type Client, presentClient } from './clients.ts';
import type { Reason } from './facts.ts';
import { syncFindings } from './rule-findings.ts';
import { runRules } from './rules/index.ts';
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
  await refreshStandingsOf(work, due);
  return due.length;
}

/**
 * Computes where some clients stand. An event meanwhile counts up the changes of its client, and then the standing stays stale:
 * nothing that happens is passed over, and nobody who writes has to wait. All who compute take clients in one
 * order. A closed one stays as it was.
 */
export async function refreshStandingsOf(work: Work, clients: Client[]): Promise<void> {
  const ids = clients.flatMap(({ id, closedAt }) => (closedAt === null ? [id] : [])).sort();
  if (ids.length === 0) return;
  await work.db
    .insertInto('client_standings')
    .values(ids.map((client_id) => ({ client_id })))
    .onConflict((row) => row.columns(['provider_id', 'client_id']).doNothing())
    .execute();
  const changes = await changesOf(work, ids);
  const facts = await loadFacts(work, clients);
  for (const id of ids) {
    const own = facts.get(id);
    if (!own) continue;
    await keep(work, id, computeStanding(own), changes.get(id) ?? 0);
    await syncFindings(work, id, runRules(own));
    await watchFacts(work, own);
  }
}

async function changesOf({ db }: Work, ids: string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('client_changes')
    .select(['client_id', 'changes'])
    .where('client_id', 'in', ids)
    .execute();
  return new Map(rows.map(({ client_id, changes }) => [client_id, changes]));
}

async function keep(work: Work, client: string, standing: Standing, changes: number): Promise<void> {
  await work.db
    .updateTable('client_standings')
    .set({ computed_at: work.now, computed_changes: changes, ...columns(standing) })
    .where('client_id', '=', client)
    .execute();
}

export interface StandingsAsked {
  search: string | null;
  level: number | null;
  /** How many to pass over. */
  offset: number;
  limit: number;
}

/** Clients with their standings, the worst first: lowest level, then most contradictions, then by name. Nothing known comes last. */
export async function listStandings(
  work: Work,
  { search, level, offset, limit }: StandingsAsked,
): Promise<{ standings: KeptStanding[]; total: number }> {
  allow(work, 'client.read');
  let query = work.db
    .selectFrom('clients as client')
    .leftJoin('client_standings as standing', 'standing.client_id', 'client.client_id')
    .leftJoin('client_changes as changed', 'changed.client_id', 'client.client_id')
    .where('client.closed_at', 'is', null);
  if (search) query = query.where(sql<boolean>`strpos(lower(client.name), lower(${search})) > 0`);
  if (level !== null) query = query.where('standing.level', '=', level);
  const { total } = await query
    .select(({ fn }) => fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .selectAll('client')
    .select(['standing.computed_at', 'standing.good_until', 'standing.level'])
    .select(isOvertaken.as('is_overtaken'))
    .select(['standing.missing', 'standing.contradictions', 'standing.rto_breaches', 'standing.rpo_breaches'])
    .select(['standing.overdue_reviews', 'standing.overdue_tests', 'standing.overdue_actions'])
    .select(['standing.failed_tests', 'standing.inconclusive_tests', 'standing.weakest'])
    .select(['standing.proven_data_at', 'standing.frameworks'])
    .orderBy(sql`standing.level`, (order) => order.asc().nullsLast())
    .orderBy(sql`standing.contradictions`, (order) => order.desc().nullsLast())
    .orderBy('client.name')
    .offset(offset)
    .limit(limit)
    .execute();
  return { total, standings: rows.map((row) => present(row, work.now)) };
}

/** The same, and what is stale among them is computed before it is told, and then they are put in order anew. */
export async function listFreshStandings(
  work: Work,
  asked: StandingsAsked,
): ReturnType<typeof listStandings> {
  const found = await listStandings(work, asked);
  const stale = found.standings.filter(({ isStale }) => isStale).map(({ client }) => client);
  if (stale.length === 0) return found;
  await refreshStandingsOf(work, stale);
  return listStandings(work, asked);
}

/** Something happened since it was computed, or it is to be computed whatever happened. */
const isOvertaken = sql<boolean>`standing.computed_changes is distinct from coalesce(changed.changes, 0)`;

/** Changed since, past their time, or never computed; what waits longest first. */
async function dueClients({ db, now }: Work, limit: number): Promise<Client[]> {
  const rows = await db
    .selectFrom('clients as client')
    .leftJoin('client_standings as standing', 'standing.client_id', 'client.client_id')
    .leftJoin('client_changes as changed', 'changed.client_id', 'client.client_id')
    .where('client.closed_at', 'is', null)
    .selectAll('client')
    .where((row) =>
      row.or([row('standing.computed_at', 'is', null), isOvertaken, row('standing.good_until', '<=', now)]),
    )
    .orderBy(sql`standing.computed_at`, (order) => order.asc().nullsFirst())
    .orderBy('client.client_id')
    .limit(limit)
    .execute();
  return rows.map(presentClient);
}

const columns = (standing: Standing) => ({
  good_until: new Date(standing.goodUntil),
  catalogue_version: standing.catalogueVersion,
  level: standing.level,
  missing: JSON.stringify(standing.missing),
  weakest: standing.weakest && JSON.stringify(standing.weakest),
  contradictions: standing.contradictions,
  rto_breaches: standing.rtoBreaches,
  rpo_breaches: standing.rpoBreaches,
  overdue_reviews: standing.overdueReviews,
  overdue_tests: standing.overdueTests,
  overdue_actions: standing.overdueActions,
  failed_tests: standing.failedTests,
  inconclusive_tests: standing.inconclusiveTests,
  proven_data_at: standing.provenDataAt ? new Date(standing.provenDataAt) : null,
  frameworks: JSON.stringify(standing.frameworks),
});

type Row = Parameters<typeof presentClient>[0] & {
  computed_at: Date | null;
  good_until: Date | null;
  is_overtaken: boolean;
  level: number | null;
  missing: unknown;
  contradictions: number | null;
  rto_breaches: number | null;
  rpo_breaches: number | null;
  overdue_reviews: number | null;
  overdue_tests: number | null;
  overdue_actions: number | null;
  failed_tests: number | null;
  inconclusive_tests: number | null;
  proven_data_at: Date | null;
  frameworks: unknown;
  weakest: unknown;
};

const present = (row: Row, now: Date): KeptStanding => ({
  client: presentClient(row),
  computedAt: row.computed_at?.toISOString() ?? null,
  isStale: row.is_overtaken || row.good_until === null || row.good_until <= now,
  standing:
    row.computed_at === null
      ? null
      : {
          level: (row.level ?? 0) as Standing['level'],
          missing: row.missing as Reason | null,
          weakest: row.weakest as Standing['weakest'],
          contradictions: row.contradictions ?? 0,
          rtoBreaches: row.rto_breaches ?? 0,
          rpoBreaches: row.rpo_breaches ?? 0,
          overdueReviews: row.overdue_reviews ?? 0,
          overdueTests: row.overdue_tests ?? 0,
          overdueActions: row.overdue_actions ?? 0,
          failedTests: row.failed_tests ?? 0,
          inconclusiveTests: row.inconclusive_tests ?? 0,
          provenDataAt: row.proven_data_at?.toISOString() ?? null,
          frameworks: row.frameworks as Standing['frameworks'],
        },
});
