/** Why the service cannot start here, for whoever starts it: what is wrong, where, and what to do. Never carries a secret. */
export class StartError extends Error {
  override name = 'StartError';
}

interface SystemError extends Error {
  code?: string;
  syscall?: string;
  path?: string;
  address?: string;
  port?: number;
}

const UNREACHABLE = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'];
const TAKEN_OR_FORBIDDEN = ['EADDRINUSE', 'EACCES', 'EADDRNOTAVAIL'];
const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOTDIR', 'ENOENT', 'EISDIR'];

/** Puts what the system or the database refuses at start into words. What is not known stays as it is: a fault of ours. */
export function explainStart(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StartError) return error;
  const words = inWords(error);
  return words === null ? error : new StartError(words, { cause: error });
}

function inWords(error: SystemError): string | null {
  const { code = '', syscall, path } = error;
  if (syscall === 'listen' && TAKEN_OR_FORBIDDEN.includes(code))
    return `Port ${error.port} on ${error.address} cannot be used (${code}). Choose another with --port, or with PORT and HOST.`;
  if (path !== undefined && NOT_WRITABLE.includes(code))
    return `${path} cannot be used (${code}). Make room or give this user the rights, or choose another folder with --data or DATA_DIR.`;
  if (UNREACHABLE.includes(code) && path === undefined)
    return `The database does not answer (${code}). Start it, or correct its address in DATABASE_URL.`;
  return DATABASE_SAYS[code] ?? null;
}

/** By SQLSTATE. Source: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const DATABASE_SAYS: Record<string, string> = {
  '28000':
    'The database does not admit the role of DATABASE_URL. Correct the role, or the server’s pg_hba.conf.',
  '28P01':
    'The database refuses the role or password of DATABASE_URL. Correct the address, or the role’s password.',
  '3D000':
    'The database that DATABASE_URL names does not exist on its server. Make it, then run reprise migrate.',
  '3F000': 'The database is not prepared. Run reprise migrate, with OWNER_DATABASE_URL.',
  '42P01': 'The database is not prepared. Run reprise migrate, with OWNER_DATABASE_URL.',
  '42883': 'The database is not prepared. Run reprise migrate, with OWNER_DATABASE_URL.',
  '53300': 'The database has no connection left. Raise its max_connections.',
};
