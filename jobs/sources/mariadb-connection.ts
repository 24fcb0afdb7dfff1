/** The one place of the engine that speaks to MariaDB and MySQL. */
import mysql from 'mysql2/promise';
import type { Target } from './mariadb-address.ts';

/** One open session. Every value comes back as the server's own text, since JavaScript has no exact type for many. */
export interface Session extends AsyncDisposable {
  /** Runs one statement, and never two, and gives each row as an array of text, null for NULL. */
  query(sql: string, parameters?: (string | number)[]): Promise<(string | null)[][]>;
  /** Ends the session, also in the middle of a statement. */
  end(): void;
}

/** Opens a session. Throws the server's or system's own errors. */
export async function openSession(
  { at, user, password, database, tls }: Target,
  { connectMs = 15_000 } = {},
): Promise<Session> {
  const connection = await mysql.createConnection({
    ...('socket' in at ? { socketPath: at.socket } : at),
    user,
    password,
    database,
    connectTimeout: connectMs,
    charset: 'utf8mb4',
    rowsAsArray: true,
    typeCast: (field) => field.string(),
    ...(tls === 'off' ? {} : { ssl: { rejectUnauthorized: tls === 'verified' } }),
  });
  connection.on('error', () => {}); // a connection lost while idle: the next statement says so
  const end = () => connection.destroy();
  return {
    async query(sql, parameters = []) {
      const [rows] = await connection.query(sql, parameters);
      return Array.isArray(rows) ? (rows as (string | null)[][]) : [];
    },
    end,
    async [Symbol.asyncDispose]() {
      end();
    },
  };
}

/** Writes a name as SQL needs it, in quotes. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** Writes a text as an SQL literal. Only where a parameter cannot stand, as in `create user`. */
export const quoteText = (text: string): string => mysql.escape(text);

/** The server's name of an error (`ER_ACCESS_DENIED_ERROR`) or the system's (`ECONNREFUSED`), or null. */
export function codeOf(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : null;
}

/** Whether an error says that the server was not reached or the connection was lost. */
export function isUnreachable(error: unknown): boolean {
  return /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENOENT|PROTOCOL_CONNECTION_LOST|HANDSHAKE_)/.test(
    codeOf(error) ?? '',
  );
}

/** Whether the server says that a right is missing. */
export function isDenied(error: unknown): boolean {
  return /^ER_(\w*ACCESS_?DENIED\w*|SPECIFIC_ACCESS_DENIED_ERROR|KILL_DENIED_ERROR)$/.test(
    codeOf(error) ?? '',
  );
}
