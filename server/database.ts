import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Tables } from '#/plans/tables.ts';
import type { ClientScope } from '#/plans/work.ts';

// Counts and bytes stay below 2^53 by far; as text they would be added up as text.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number); // money, far below 2^53 cents
// A day is a day: read as a moment, it would move with the zone of the machine.
pg.types.setTypeParser(pg.types.builtins.DATE, String);

/** What a request shows before we know whose it is. Row security opens just the rows that fit. */
export interface Shown {
  email?: string;
  hash?: string;
  person?: string;
}

/** Opens the pool. Rows are reached only through `inProvider` and `atDoor`. */
export function openDatabase(url: string, onError: (error: Error) => void, max = 10) {
  const pool = new pg.Pool({ connectionString: url, max, statement_timeout: 60_000 });
  // An idle connection that dies unheard would end the process. One that is being closed may die as it likes.
  pool.on('error', (error) => pool.ending || onError(error));
  // One that dies between two statements of its work would end it too; as it is, the next statement fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

  return {
    /** Runs `work` in one transaction that sees the rows of one provider, and of its clients in scope. By hand nobody writes about a closed client. */
    inProvider: <T>(
      provider: string,
      clients: ClientScope,
      work: (tx: Transaction<Tables>) => Promise<T>,
      { isByHand = false } = {},
    ): Promise<T> =>
      db.transaction().execute(async (tx) => {
        const scope = clients === 'all' ? 'all' : clients.join(',');
        await sql`select set_config('app.provider_id', ${provider}, true), set_config('app.client_scope', ${scope}, true),
          set_config('app.by_hand', ${isByHand ? 'on' : ''}, true)`.execute(tx);
        return work(tx);
      }),

    /** Runs `work` in one transaction that sees only what was shown: one session, one token, one person. */
    atDoor: <T>(shown: Shown, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> =>
      db.transaction().execute(async (tx) => {
        await sql`select set_config('app.shown_email', ${shown.email ?? ''}, true),
          set_config('app.shown_hash', ${shown.hash ?? ''}, true),
          set_config('app.person_id', ${shown.person ?? ''}, true)`.execute(tx);
        return work(tx);
      }),

    /** The ids of all providers, and nothing else of them: for the clock, which asks each in turn. */
    providerIds: async (): Promise<string[]> =>
      (await sql<{ id: string }>`select id from provider_ids() as id`.execute(db)).rows.map(({ id }) => id),

    /** The ids of agents that have something to fetch, of whatever provider, and nothing else of them. */
    agentsWithOrders: async (): Promise<string[]> =>
      (await sql<{ id: string }>`select id from agents_with_orders() as id`.execute(db)).rows.map(
        ({ id }) => id,
      ),

    /** Hears what is told on a channel, over one connection of its own. One that is lost is opened again. */
    listen: (channel: 'run_moved', hear: (told: string) => void): AsyncDisposable =>
      listen(url, channel, hear, onError),

    ping: () => sql`select 1`.execute(db),

    /** What the role we connect as could do to step around row security; empty when nothing. */
    dangerousRights: async (): Promise<string[]> => {
      const { rows } = await sql<{ right: string }>`
        select 'superuser' as right from pg_roles where rolname = current_user and rolsuper
        union all select 'bypassrls' from pg_roles where rolname = current_user and rolbypassrls
        union all select 'owner of ' || relname from pg_class
          where relowner = (select oid from pg_roles where rolname = current_user) and relnamespace = 'public'::regnamespace
        limit 10`.execute(db);
      return rows.map(({ right }) => right);
    },

    [Symbol.asyncDispose]: () => db.destroy(),
  };
}

export type Database = ReturnType<typeof openDatabase>;

const LISTEN_AGAIN_MS = 2000;

function listen(
  url: string,
  channel: string,
  hear: (told: string) => void,
  onError: (error: Error) => void,
): AsyncDisposable {
  let isOver = false;
  let client: pg.Client | null = null;
  const connect = async () => {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true });
    client = fresh;
    fresh.on('notification', ({ payload }) => hear(payload ?? ''));
    fresh.on('error', onError);
    fresh.on('end', () => !isOver && setTimeout(again, LISTEN_AGAIN_MS).unref());
    await fresh.connect();
    await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
  };
  // What was told meanwhile is lost: pages ask by themselves now and then.
  const again = () => {
    if (isOver) return;
    connect().catch((error) => {
      onError(error);
      setTimeout(again, LISTEN_AGAIN_MS).unref();
    });
  };
  again();
  return {
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await client?.end().catch(() => undefined);
    },
  };
}
