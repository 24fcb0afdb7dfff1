/** Reading `mariadb://user:password@host:port/database` and `mysql://…`, which mean the same. */
import { because } from '../recovery-points/finding-codes.ts';
import { SourceError } from './source.ts';

/** How the way to the server is protected: not at all, against listeners, or also against impostors. */
export type Tls = 'off' | 'required' | 'verified';

/** Where a database is, and who asks. */
export interface Target {
  /** A host and port, or a socket of this machine. */
  at: { host: string; port: number } | { socket: string };
  user: string;
  password: string;
  database: string;
  tls: Tls;
}

const PORT = 3306;
const TLS: Record<string, Tls> = { disable: 'off', require: 'required', 'verify-full': 'verified' };

/** Reads an address, with the one option `?sslmode=disable|require|verify-full`. */
export function readTarget(url: string): { target: Target; address: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const tls = TLS[parsed?.searchParams.get('sslmode') ?? 'disable'];
  const database = decoded(parsed?.pathname.slice(1));
  const [user, password] = [decoded(parsed?.username), decoded(parsed?.password)];
  if (
    !parsed ||
    !/^(mysql|mariadb):$/.test(parsed.protocol) ||
    !parsed.hostname ||
    !tls ||
    !database ||
    !user
  )
    throw badAddress();
  if (password === null) throw badAddress();
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const target: Target = {
    at: { host, port: Number(parsed.port) || PORT },
    user,
    password,
    database,
    tls,
  };
  parsed.password = '';
  parsed.search = '';
  parsed.hash = '';
  return { target, address: parsed.href };
}

function decoded(text: string | undefined): string | null {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    return null; // a stray percent sign
  }
}

/** The message must not repeat the address: it may hold a password. */
function badAddress(): SourceError {
  return new SourceError(
    'not-found',
    because('source.bad-address', {}),
    'This is not an address of the form mariadb://user:password@host:port/database, or mysql://…, with %xx for signs that are special in addresses.',
  );
}
