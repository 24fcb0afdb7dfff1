/** What became of the provider's own work: backups that ended, and reports that were handed over. */
import type { ServiceFacts } from '../continuity-facts.ts';
import type { Work } from '../work.ts';

const WINDOW_MS = 90 * 86_400_000;

/** A backup with reservations is none that succeeded: something is missing from it. */
export async function loadService({ db, now }: Work, ids: string[]): Promise<Map<string, ServiceFacts>> {
  const runs = await db
    .selectFrom('backup_runs')
    .select(['client_id', 'state'])
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('client_id', 'in', ids)
    .where('finished_at', '>', new Date(now.getTime() - WINDOW_MS))
    .groupBy(['client_id', 'state'])
    .execute();
  const reports = await db
    .selectFrom('reports')
    .select(['client_id'])
    .select(({ fn }) => fn.max('finished_at').as('last'))
    .where('client_id', 'in', ids)
    .where('state', '=', 'done')
    .groupBy('client_id')
    .execute();
  const facts = new Map<string, ServiceFacts>();
  const of = (client: string) => {
    const known = facts.get(client) ?? { backupsSucceeded: 0, backupsFailed: 0, lastReportAt: null };
    facts.set(client, known);
    return known;
  };
  for (const { client_id, state, count } of runs) {
    if (state === 'done') of(client_id).backupsSucceeded += count;
    else if (state !== 'queued' && state !== 'running') of(client_id).backupsFailed += count;
  }
  for (const { client_id, last } of reports)
    if (client_id) of(client_id).lastReportAt = last?.toISOString() ?? null;
  return facts;
}
