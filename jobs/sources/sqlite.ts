/** A SQLite database as a source: SQLite's own online backup of it, never a copy of its file. */
import { chmod, chown, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { because } from '../recovery-points/finding-codes.ts';
import { type PreparedSource, type Source, SourceError, type SourceReservation } from './source.ts';
import { countBrokenReferences, countRows, findDamage, openStill } from './sqlite-inventory.ts';

/** How long a database that somebody holds is waited for. */
const BUSY_MS = 30_000;
/**
 * All pages at once. In smaller steps every write of another program makes the copy begin again. In WAL mode nobody
 * waits for this; else who writes waits for the time of the copy.
 */
const PAGES_AT_ONCE = 0x7fffffff;

/** Makes a source of `sqlite:///abs/path.db`. Throws `SourceError` when it is no such address. */
export function sqliteSource(url: string): Source {
  const file = readPath(url);
  const address = url;
  return {
    kind: 'sqlite',
    address,
    async prepare({ scratchDir, signal, now }): Promise<PreparedSource> {
      signal?.throwIfAborted();
      const found = await look(file, address);
      await refuseLackOfRoom(file, found.size, { scratchDir, address });
      const root = await mkdtemp(join(scratchDir, 'sqlite-'));
      const remove = () => rm(root, { recursive: true, force: true });
      try {
        const copy = join(root, basename(file));
        const dataTime = now();
        await copyOnline(file, copy);
        signal?.throwIfAborted();
        await chmod(copy, found.mode & 0o777);
        if (process.getuid?.() === 0) await chown(copy, found.uid, found.gid);
        return { root, dataTime, ...describe(file, copy), [Symbol.asyncDispose]: remove };
      } catch (error) {
        await remove();
        throw explain(error, address);
      }
    },
  };
}

function readPath(url: string): string {
  try {
    const { protocol, host, pathname, search, hash } = new URL(url);
    const file = decodeURIComponent(pathname);
    const isPlain = protocol === 'sqlite:' && host === '' && search === '' && hash === '';
    if (isPlain && file.startsWith('/') && basename(file) !== '' && !file.includes('\0')) return file;
  } catch {
    // not an address at all
  }
  throw new SourceError(
    'not-found',
    because('source.bad-address', {}),
    'This is not an address of the form sqlite:///absolute/path.db, with %3F for ?, %23 for # and %25 for % in it.',
  );
}

async function look(file: string, address: string) {
  try {
    const found = await stat(file);
    if (found.isFile()) return found;
  } catch (error) {
    throw explain(error, address);
  }
  throw notSqlite(address);
}

/** A write-ahead log may hold as much again. */
async function refuseLackOfRoom(
  file: string,
  bytes: number,
  { scratchDir, address }: { scratchDir: string; address: string },
): Promise<void> {
  const log = await stat(`${file}-wal`).then(
    ({ size }) => size,
    () => 0, // not in that mode
  );
  const { bavail, bsize } = await statfs(scratchDir);
  if (bavail * bsize < bytes + log) throw noRoom(address);
}

async function copyOnline(file: string, copy: string): Promise<void> {
  const source = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    await backup(source, copy, { rate: PAGES_AT_ONCE });
  } finally {
    source.close();
  }
}

/** Everything is asked of the copy, so that it is of the very moment that was copied. */
function describe(file: string, copy: string): Pick<PreparedSource, 'inventory' | 'reservations'> {
  const database = openStill(copy);
  try {
    const damage = findDamage(database);
    const { sqlite = '' } = process.versions;
    return {
      inventory: {
        kind: 'sqlite',
        serverVersion: sqlite,
        program: `node:sqlite ${sqlite}`,
        database: basename(file),
        tables: damage === null ? countRows(database) : [],
        brokenReferences: damage === null ? countBrokenReferences(database) : 0,
      },
      reservations: damage === null ? [] : [damaged(basename(file), damage)],
    };
  } finally {
    database.close();
  }
}

/** What can still be read of it is better kept than lost; but it is never called good. */
function damaged(name: string, original: string): SourceReservation {
  return {
    kind: 'torn',
    path: name,
    ...because('capture.database-damaged', { original }),
    reason: `the database is damaged: ${original}`,
  };
}

// SQLite's own numbers, of which the lowest byte says the kind.
const [BUSY, LOCKED, CANTOPEN, CORRUPT, FULL, NOTADB] = [5, 6, 14, 11, 13, 26];

function explain(error: unknown, address: string): unknown {
  if (error instanceof SourceError) return error;
  const { code = '', errcode, message } = error as NodeJS.ErrnoException & { errcode?: number };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new SourceError(
      'not-found',
      because('source.missing', { address }),
      `There is no file ${address}.`,
      {
        cause: error,
      },
    );
  if (code === 'EACCES' || code === 'EPERM')
    return new SourceError(
      'denied',
      because('source.denied', { address }),
      `This user may not read ${address}.`,
      { cause: error },
    );
  if (code === 'ENOSPC') return noRoom(address);
  if (code !== 'ERR_SQLITE_ERROR') return error;
  const kind = (errcode ?? 0) & 0xff;
  if (kind === NOTADB) return notSqlite(address);
  if (kind === FULL) return noRoom(address);
  if (kind === BUSY || kind === LOCKED)
    return new SourceError(
      'unreachable',
      because('source.server-busy', { address, original: message }),
      `${address} is held by another program: ${message}.`,
      { cause: error },
    );
  if (kind === CANTOPEN)
    return new SourceError(
      'denied',
      because('source.denied', { address }),
      `${address} cannot be opened. In WAL mode the user also needs the right to write its folder.`,
      { cause: error },
    );
  return new SourceError(
    kind === CORRUPT ? 'unreadable' : 'failed',
    because('source.query-failed', { address, original: message }),
    `${address} could not be read: ${message}.`,
    { cause: error },
  );
}

function noRoom(address: string): SourceError {
  return new SourceError(
    'full',
    because('source.no-room', { address }),
    `There is no room for a copy of ${address}.`,
  );
}

function notSqlite(address: string): SourceError {
  return new SourceError(
    'unreadable',
    because('source.not-sqlite', { address }),
    `${address} is not a SQLite database, or it is encrypted.`,
  );
}
