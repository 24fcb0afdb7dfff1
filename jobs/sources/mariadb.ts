/** A MariaDB or MySQL database as a source: one dump, what was in it, and the accounts of its server. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { because, type CodeWith } from '../recovery-points/finding-codes.ts';
import { readTarget, type Target } from './mariadb-address.ts';
import {
  codeOf,
  isDenied,
  isUnreachable,
  openSession,
  quoteName,
  type Session,
} from './mariadb-connection.ts';
import { DumpRows } from './mariadb-dump-rows.ts';
import { countRows, listObjects, listTables, missingRights, type Table } from './mariadb-inventory.ts';
import {
  findProgram,
  type Make,
  type Program,
  readServerVersion,
  type WhereToLook,
} from './mariadb-programs.ts';
import { runProgram } from './mariadb-run.ts';
import { describeUsers } from './mariadb-users.ts';
import {
  type MariadbInventory,
  type PreparedSource,
  type Source,
  SourceError,
  type SourceReservation,
  type TableCount,
} from './source.ts';

/** As long as a backup may take at most, and more. */
const LONGEST_SECONDS = 7 * 86_400;

/** Makes a source of `mariadb://user:password@host:port/database` or `mysql://…`. Throws `SourceError` when it is no such address. */
export function mariadbSource(url: string, where: WhereToLook = {}): Source {
  const { target, address } = readTarget(url);
  return {
    kind: 'mariadb',
    address,
    async prepare({ scratchDir, signal }) {
      signal?.throwIfAborted();
      await using session = await open(target, address);
      const stop = () => session.end();
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
  const server = readServerVersion(await firstValue(session, 'select version()'));
  await takeOurTime(session, server.make);
  const program = await findProgram('dump', server, job.where);
  const [tables, objects] = [await listTables(session), await listObjects(session)];
  const lacks = await missingRights(session);
  const database = await describeDatabase(session, job.target.database);

  const root = await mkdtemp(join(job.scratchDir, 'mariadb-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    // A snapshot of our own, opened just before the dump's: neither server can share one between two sessions.
    await session.query('set session transaction isolation level repeatable read');
    await session.query('start transaction with consistent snapshot, read only');
    const dataTime = await readTime(session);
    const [dumped, before] = await together(job.signal, (signal) => [
      runDump(program, { tables, root }, { ...job, signal }),
      countInSnapshot(session, tables, signal),
    ]);
    const compared = await compareCounts(session, { tables, before, dumped, signal: job.signal });

    await writeFile(join(root, 'create-database.sql'), `${database.statement};\n`);
    const inventory: MariadbInventory = {
      kind: 'mariadb',
      serverVersion: `${server.make} ${server.text}`,
      program: program.title,
      database: job.target.database,
      charset: database.charset,
      collation: database.collation,
      tables: compared.tables,
      objects,
      notTransactional: tables.filter((one) => !one.isTransactional).map(({ name }) => name),
      countedBefore: compared.others,
    };
    return {
      root,
      dataTime,
      inventory,
      reservations: [
        ...lackOfRights(lacks, job.target.database),
        ...tables.filter((one) => !one.isTransactional).map(notOfTheMoment),
        ...compared.reservations,
        ...(await keepUsers(session, join(root, 'users.sql'))),
      ],
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A large dump takes hours, in which the session may have nothing to do. */
async function takeOurTime(session: Session, make: Make): Promise<void> {
  await session.query(`set session wait_timeout = ${LONGEST_SECONDS}`);
  await session.query(`set session ${make === 'MariaDB' ? 'max_statement_time' : 'max_execution_time'} = 0`);
}

/** The snapshot is let go of as soon as it is not needed: while it is held, the server may not tidy up. */
async function countInSnapshot(
  session: Session,
  tables: Table[],
  signal: AbortSignal,
): Promise<TableCount[]> {
  const counted = await countRows(session, tables, signal);
  await session.query('commit');
  return counted;
}

/** Waits for both; when one of them fails, the other is called off, and has let go of all that it held before this throws. */
async function together<One, Other>(
  signal: AbortSignal | undefined,
  start: (signal: AbortSignal) => [Promise<One>, Promise<Other>],
): Promise<[One, Other]> {
  const failed = new AbortController();
  const both = start(AbortSignal.any([failed.signal, ...(signal ? [signal] : [])]));
  try {
    return await Promise.all(both);
  } catch (error) {
    failed.abort();
    await Promise.allSettled(both);
    throw error;
  }
}

/** The server's clock. With its zone, since a clock on the wall may be read twice a year. */
async function readTime(session: Session): Promise<Date> {
  return new Date(Number(await firstValue(session, 'select unix_timestamp(now(3))')) * 1000);
}

/** Dumps into `dump.sql`, and answers the rows of each table in it. */
async function runDump(
  program: Program,
  { tables, root }: { tables: Table[]; root: string },
  { target, address, scratchDir, signal }: Job,
): Promise<Map<string, number>> {
  const args = [
    '--single-transaction',
    '--quick',
    '--routines',
    '--events',
    '--triggers',
    '--hex-blob',
    '--no-tablespaces',
    '--skip-dump-date',
    '--default-character-set=utf8mb4',
    '--max-allowed-packet=1G',
    ...(program.make === 'MySQL' ? ['--set-gtid-purged=OFF'] : []),
    ...(tables.some((table) => table.keepsHistory) ? ['--dump-history'] : []),
  ];
  const rows = new DumpRows();
  const [ended, written] = await Promise.allSettled([
    runProgram(program, args, { target, privateDir: scratchDir, signal, output: rows }).catch((error) => {
      rows.destroy();
      throw error;
    }),
    pipeline(rows, createWriteStream(join(root, 'dump.sql'), { mode: 0o600 })),
  ]);
  // A full disk breaks the pipe of the program too, and is the reason for it.
  if (written.status === 'rejected' && isErrno(written.reason)) throw written.reason;
  if (ended.status === 'rejected') throw ended.reason;
  if (written.status === 'rejected') throw written.reason;
  const { status, complaint } = ended.value;
  if (status === 0 && rows.isWhole) return rows.rows;
  if (status === 0)
    throw new SourceError(
      'failed',
      because('source.dump-cut', { address }),
      `The dump of ${address} ended without its last line, so something may be missing in it.`,
    );
  const original = complaint || `it ended with ${status === null ? 'a signal' : `status ${status}`}`;
  const isLackOfRight = /denied|insufficient|insufficent/i.test(complaint);
  throw new SourceError(
    isLackOfRight ? 'denied' : 'failed',
    because(isLackOfRight ? 'source.role-may-not-read' : 'source.dump-failed', { address, original }),
    `The dump of ${address} failed: ${original}`,
  );
}

function isErrno(error: unknown): boolean {
  return typeof (error as NodeJS.ErrnoException).errno === 'number';
}

interface Counts {
  tables: Table[];
  before: TableCount[];
  dumped: Map<string, number>;
  signal: AbortSignal | undefined;
}

/**
 * Holds the rows in the dump against those of our own snapshots, just before it and after it. Rows that come and go all
 * the time explain a difference; a table that never changed and is still another in the dump is told.
 */
async function compareCounts(session: Session, { tables, before, dumped, signal }: Counts) {
  const others = before.filter(({ name, rows }) => dumped.has(name) && dumped.get(name) !== rows);
  const names = new Set(others.map(({ name }) => name));
  const after = new Map(
    (
      await countRows(
        session,
        tables.filter(({ name }) => names.has(name)),
        signal,
      )
    ).map(({ name, rows }) => [name, rows]),
  );
  const unexplained = others.filter(({ name, rows }) => after.get(name) === rows);
  const absent = before.filter(({ name }) => !dumped.has(name));
  const reservations: SourceReservation[] = [
    ...unexplained.map(({ name, rows }) => ({
      kind: 'torn' as const,
      path: name,
      ...because('capture.rows-unexplained', { expected: rows, found: dumped.get(name) ?? 0 }),
      reason: `the dump holds ${dumped.get(name)} rows, and there were ${rows} before it and after it`,
    })),
    ...absent.map(({ name }) => ({
      kind: 'vanished' as const,
      path: name,
      ...because('capture.table-not-dumped', {}),
      reason: 'the table was there before the dump and is not in it',
    })),
  ];
  return {
    tables: [...dumped].map(([name, rows]) => ({ schema: '', name, rows })),
    others,
    reservations,
  };
}

function notOfTheMoment({ name, engine }: Table): SourceReservation {
  return {
    kind: 'torn',
    path: name,
    ...because('capture.not-transactional', { engine }),
    reason: `its engine ${engine} keeps no snapshots: it may be of another moment than the rest`,
  };
}

function lackOfRights(rights: string[], database: string): SourceReservation[] {
  if (rights.length === 0) return [];
  return [
    {
      kind: 'unreadable',
      path: database,
      ...because('capture.role-lacks', { rights: rights.join(', ') }),
      reason: `the role lacks ${rights.join(', ')} on the database: what it may not see is missing`,
    },
  ];
}

/** The database does not depend on the server's accounts, so that a role without the right to them may back it up too. */
async function keepUsers(session: Session, file: string): Promise<SourceReservation[]> {
  try {
    await writeFile(file, await describeUsers(session), { mode: 0o600 });
    return [];
  } catch (error) {
    if (!isDenied(error)) throw error;
    const { message: original } = error as Error;
    return [
      {
        kind: 'skipped',
        path: 'users.sql',
        ...because('capture.no-users', { original }),
        reason: `accounts and rights of the server are not kept: ${original}`,
      },
    ];
  }
}

async function describeDatabase(session: Session, database: string) {
  const [row] = await session.query(`show create database ${quoteName(database)}`);
  const [of] = await session.query('select @@character_set_database, @@collation_database');
  return { statement: row?.[1] ?? '', charset: of?.[0] ?? '', collation: of?.[1] ?? '' };
}

async function firstValue(session: Session, sql: string): Promise<string> {
  const [row] = await session.query(sql);
  return row?.[0] ?? '';
}

async function open(target: Target, address: string): Promise<Session> {
  try {
    return await openSession(target);
  } catch (error) {
    throw explain(error, address);
  }
}

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
      because(what, { address, cause: code ?? 'ECONNRESET', original: words }),
      `${start}: ${address}${words ? ` (${words})` : ''}.`,
      { cause: error },
    );

  if (code === 'ER_BAD_DB_ERROR') return say('not-found', 'source.no-database', 'There is no such database');
  if (
    code === 'ER_ACCESS_DENIED_ERROR' ||
    code === 'ER_HOST_NOT_PRIVILEGED' ||
    code === 'ER_DBACCESS_DENIED_ERROR'
  )
    return say('denied', 'source.sign-in-refused', 'The sign-in was refused');
  if (isDenied(error)) return say('denied', 'source.role-may-not-read', 'The role may not read everything');
  if (
    code === 'ER_CON_COUNT_ERROR' ||
    code === 'ER_TOO_MANY_USER_CONNECTIONS' ||
    code === 'ER_SERVER_SHUTDOWN'
  )
    return say('unreachable', 'source.server-busy', 'The server takes no work now');
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return say('full', 'source.no-room', 'There is no room for the dump');
  if (isUnreachable(error)) return say('unreachable', 'source.unreachable', 'The server cannot be reached');
  if (code?.startsWith('ER_')) return say('failed', 'source.query-failed', 'The database could not be read');
  return error;
}
