/** Open clients: those that the service still works for. Of a closed one nothing begins, is watched or is written by hand. */
import { type Expression, sql } from 'kysely';
import { Refusal } from './errors.ts';
import type { ClientScope, Role, Work } from './work.ts';

/** For queries over rows of all clients: that the client of the row is not closed. */
export const isOfOpenClient = (clientId: Expression<string>) =>
  sql<boolean>`not exists (select from clients as shut where shut.client_id = ${clientId} and shut.closed_at is not null)`;

/** Ids of clients in sight that are closed. */
export async function closedClients({ db }: Pick<Work, 'db'>): Promise<Set<string>> {
  const rows = await db
    .selectFrom('clients')
    .select('client_id')
    .where('closed_at', 'is not', null)
    .execute();
  return new Set(rows.map(({ client_id }) => client_id));
}

const OF_CLIENTS: readonly string[] = ['client-approver', 'client-reader'] satisfies Role[];

/** Leaves a client's people the clients that are open, and shuts out who has none left. Everybody else sees what they saw. */
export async function keepToOpenClients({
  db,
  clients,
  actor,
}: Pick<Work, 'db' | 'clients' | 'actor'>): Promise<ClientScope> {
  if (clients === 'all' || clients.length === 0 || !OF_CLIENTS.includes(actor.role)) return clients;
  const closed = await closedClients({ db });
  if (closed.size === 0) return clients;
  const open = clients.filter((client) => !closed.has(client));
  if (open.length === 0) throw new Refusal('forbidden', 'client.shut-out');
  await sql`select set_config('app.client_scope', ${open.join(',')}, true)`.execute(db);
  return open;
}

/** For the little that people may ask for whether their client is open or not, such as to be forgotten. */
export async function alsoWhileClosed<Done>(
  { db }: Pick<Work, 'db'>,
  run: () => Promise<Done>,
): Promise<Done> {
  const set = (value: string) => sql`select set_config('app.by_hand', ${value}, true)`.execute(db);
  const { rows } = await sql<{
    before: string;
  }>`select coalesce(current_setting('app.by_hand', true), '') as before`.execute(db);
  await set('');
  const done = await run();
  await set(rows[0]?.before ?? '');
  return done;
}
