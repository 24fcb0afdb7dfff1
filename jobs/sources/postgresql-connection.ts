/** The one place of the engine that speaks to PostgreSQL. */
import pg from 'pg';

/** One open session. Rows come back as PostgreSQL's own text wherever JavaScript has no exact type. */
export interface Session extends AsyncDisposable {
  /** Runs one statement with its parameters. */
  query<Row = Record<string, unknown>>(sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Runs one statement, and never two, and gives each row as an array of text, null for NULL. */
  queryText(sql: string): Promise<(string | null)[][]>;
  /** Ends the session, also in the middle of a statement. */
  end(): Promise<void>;
}

/** Opens a session; `url` is `postgresql://user:password@host:port/database`. Throws PostgreSQL's own errors. */
export async function openSession(url: string, { connectMs = 15_000 } = {}): Promise<Session> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMs });
  client.on('error', () => {}); // a connection lost while idle: the next statement says so
  await client.connect();
  return {
    query: async <Row>(sql: string, parameters?: unknown[]) =>
      (await client.query(sql, parameters)).rows as Row[],
    queryText: async (sql) =>
      // The extended protocol takes a single statement: nothing can hide behind a semicolon.
      (
        await client.query({
          text: sql,
          rowMode: 'array',
          queryMode: 'extended',
          types: { getTypeParser: () => String },
        } as pg.QueryArrayConfig)
      ).rows,
    end: () => client.end(),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** Writes a name as SQL needs it, in quotes. */
export const quoteName = pg.escapeIdentifier;

/** Writes a text as an SQL literal. Only where a parameter cannot stand, as in `create role`. */
export const quoteText = pg.escapeLiteral;

/** PostgreSQL's five-letter code of an error, or the system's (`ECONNREFUSED`), or null. */
export function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/** Whether an error says that the server was not reached or the connection was lost. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return NETWORK_CODES.has(codeOf(error) ?? '') || /^(Connection terminated|timeout e)/.test(error.message);
}

/** The system's name for why a server was not reached. The driver gives none when it waited or the connection ended. */
export function networkCause(error: unknown): string {
  return codeOf(error) ?? (/^timeout/.test((error as Error).message) ? 'ETIMEDOUT' : 'ECONNRESET');
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
