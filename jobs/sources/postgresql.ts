/** A PostgreSQL database as a source: one dump, the count of its rows in that very snapshot, and the roles of its server. */
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type Because, because, type CodeWith } from '../recovery-points/finding-codes.ts';
import { codeOf, isUnreachable, networkCause, openSession, type Session } from './postgresql-connection.ts';
import { dumpGlobals } from './postgresql-globals.ts';
import { countRows, readServerVersion } from './postgresql-inventory.ts';
import { findProgram, type Program, type WhereToLook } from './postgresql-programs.ts';
import { runProgram, splitPassword, type Target } from './postgresql-run.ts';
import { type PreparedSource, type Source, SourceError } from './source.ts';

/** Makes a source of `postgresql://user:password@host:port/database`. Throws `SourceError` when it is no such address. */
export function postgresqlSource(url: string, where: WhereToLook = {}): Source {
  const target = parseTarget(url);
  const shown = new URL(target.address);
  shown.search = '';
  const address = shown.href;
  return {
    kind: 'postgresql',
    address,
    async prepare({ scratchDir, signal }) {
      signal?.throwIfAborted();
      await using session = await open(url, address);
      const stop = () => void session.end();
      signal?.addEventListener('abort', stop);
      try {
        return await dump(session, { target, address, scratchDir, signal, where });
      } catch (error) {
        signal?.throwIfAborted();
        throw explain(error, address);
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
  };
}

interface Job {
  target: Target;
  address: string;
  scratchDir: string;
  signal: AbortSignal | undefined;
  where: WhereToLook;
}

async function dump(session: Session, job: Job): Promise<PreparedSource> {
  const serverVersion = await readServerVersion(session);
  const serverMajor = Number.parseInt(serverVersion, 10);
  const program = await findProgram('pg_dump', serverMajor, job.where);
  const { snapshot, dataTime, database } = await openSnapshot(session);
  const tables = await countRows(session, job.signal);

  const root = await mkdtemp(join(job.scratchDir, 'postgresql-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await runDump(program, join(root, `${fileName(database)}.dump`), snapshot, job);
    const reservations = await dumpGlobals(session, {
      ...job,
      file: join(root, 'globals.sql'),
      database,
      serverMajor,
    });
    return {
      root,
      dataTime,
      inventory: {
        kind: 'postgresql',
        serverVersion,
        program: `pg_dump ${program.version}`,
        database,
        tables,
      },
      reservations,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Opens the snapshot that counts and dump share. Its time is the server's, taken just before it, so the data are never
 * older than said. With row security off, a table of which we may see only a part is an error and not a smaller backup.
 */
async function openSnapshot(session: Session) {
  for (const setting of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) {
    await session.query(`set ${setting} = 0`);
  }
  await session.query('set row_security = off');
  await session.query('begin isolation level repeatable read read only');
  const [row] = await session.query<{ snapshot: string; at: Date; database: string }>(
    'select pg_export_snapshot() as snapshot, statement_timestamp() as at, current_database() as database',
  );
  if (!row) throw new Error('The server gave no snapshot.');
  return { snapshot: row.snapshot, dataTime: row.at, database: row.database };
}

async function runDump(program: Program, file: string, snapshot: string, job: Job): Promise<void> {
  const args = [
    '--format=custom',
    // Packs are compressed later, and find what did not change only in plain bytes.
    '--compress=0',
    '--no-password',
    `--snapshot=${snapshot}`,
    `--file=${file}`,
    `--dbname=${job.target.address}`,
  ];
  const { status, complaint } = await runProgram(program, args, {
    password: job.target.password,
    signal: job.signal,
  });
  if (status === 0) return;
  const words = complaint || `it ended with ${status === null ? 'a signal' : `status ${status}`}`;
  const fault = await faultOf(complaint, job.scratchDir);
  throw new SourceError(
    fault,
    becauseOfDump(fault, job.address, words),
    `The dump of ${job.address} failed: ${words}`,
  );
}

async function faultOf(complaint: string, scratchDir: string): Promise<SourceError['fault']> {
  if (/No space left on device|Disk quota exceeded/.test(complaint)) return 'full';
  // What could not be written may be told without its reason.
  if (/could not write/.test(complaint) && (await statfs(scratchDir)).bavail === 0) return 'full';
  if (/permission denied|row-level security|password authentication failed/.test(complaint)) return 'denied';
  if (/connection to server|server closed the connection/.test(complaint)) return 'unreachable';
  return 'failed';
}

function becauseOfDump(fault: SourceError['fault'], address: string, original: string): Because {
  if (fault === 'full') return because('source.no-room', { address });
  return because(fault === 'denied' ? 'source.role-may-not-read' : 'source.dump-failed', {
    address,
    original,
  });
}

async function open(url: string, address: string): Promise<Session> {
  try {
    return await openSession(url);
  } catch (error) {
    throw explain(error, address);
  }
}

// PostgreSQL's own codes: 28 is about signing in, 3D about databases, 42501 about rights, 53 and 57 about a server in need.
function explain(error: unknown, address: string): unknown {
  if (error instanceof SourceError) return error;
  const code = codeOf(error);
  const words = error instanceof Error ? error.message : String(error);
  const say = (
    fault: SourceError['fault'],
    what: CodeWith<'address' | 'cause' | 'original'>,
    start: string,
  ) =>
    new SourceError(
      fault,
      because(what, { address, cause: networkCause(error), original: words }),
      `${start}: ${address}${words ? ` (${words})` : ''}.`,
      { cause: error },
    );

  if (code?.startsWith('28') || /^SASL/.test(words))
    return say('denied', 'source.sign-in-refused', 'The sign-in was refused');
  if (code === '3D000') return say('not-found', 'source.no-database', 'There is no such database');
  if (code === '42501') return say('denied', 'source.role-may-not-read', 'The role may not read everything');
  if (code?.startsWith('53') || code?.startsWith('57'))
    return say('unreachable', 'source.server-busy', 'The server takes no work now');
  if (code === 'ENOSPC') return say('full', 'source.no-room', 'There is no room for the dump');
  if (isUnreachable(error)) return say('unreachable', 'source.unreachable', 'The server cannot be reached');
  if (/^[0-9A-Z]{5}$/.test(code ?? ''))
    return say('failed', 'source.query-failed', 'The database could not be read');
  return error;
}

function parseTarget(url: string): Target {
  // The message must not repeat the address: it may hold a password.
  const wrong = 'This is not an address of the form postgresql://user@host:port/database.';
  if (!/^postgres(ql)?:\/\//.test(url) || !URL.canParse(url))
    throw new SourceError('not-found', because('source.bad-address', {}), wrong);
  return splitPassword(url);
}

/** The database's name as a file name; a name may hold anything, also a slash. */
function fileName(database: string): string {
  return encodeURIComponent(database).replace(/^\./, '%2E');
}
