/**
 * A list of what a source holds that owes nothing to the code that backs it up: folders by Debian's `find`, databases by their
 * catalogue. It is held against a point, to see what the backup left out without saying so.
 */
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { because } from '../recovery-points/finding-codes.ts';
import { encodePath } from '../recovery-points/paths.ts';
import { readTarget } from './mariadb-address.ts';
import { openSession as openMariadb } from './mariadb-connection.ts';
import { openSession as openPostgresql } from './postgresql-connection.ts';
import { SourceError } from './source.ts';

export interface Listed {
  /** A path as manifests write it, or a table as `schema.name`. */
  name: string;
  /** When it was changed last, in milliseconds; null where nobody keeps that. */
  changedAt: number | null;
  /** Why no backup of this kind holds it; null where it has to. */
  ruledOut: 'extension' | null;
}

export interface OwnList {
  kind: 'files' | 'tables';
  things: Listed[];
  /** Other databases of the same server. */
  beside: string[];
  /** What could not be looked into. */
  unseen: number;
}

export async function listSource(source: string, signal?: AbortSignal): Promise<OwnList> {
  const scheme = /^([a-z]+):/i.exec(source)?.[1]?.toLowerCase() ?? 'folder';
  if (scheme === 'folder') return listFolder(source, signal);
  try {
    if (scheme.startsWith('postgres')) return await listPostgresql(source);
    if (scheme === 'sqlite') return listSqlite(source);
    return await listMariadb(source);
  } catch (error) {
    const original = (error as Error).message;
    throw new SourceError(
      'unreachable',
      because('source.not-listed', { original }),
      `The source could not be listed: ${original}`,
      { cause: error },
    );
  }
}

const ZERO = 0;

/** Type, time of change and path of everything that is no folder, each ended by a zero. */
async function listFolder(root: string, signal?: AbortSignal): Promise<OwnList> {
  const child = spawn('find', [root, '-mindepth', '1', '!', '-type', 'd', '-printf', '%C@ %P\\0'], {
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve());
  });
  const things: Listed[] = [];
  let rest = Buffer.alloc(0);
  for await (const piece of child.stdout) {
    rest = Buffer.concat([rest, piece as Buffer]);
    for (let end = rest.indexOf(ZERO); end >= 0; end = rest.indexOf(ZERO)) {
      const space = rest.indexOf(0x20);
      const changedAt = Number(rest.toString('latin1', 0, space)) * 1000;
      things.push({ name: encodePath(rest.subarray(space + 1, end)), changedAt, ruledOut: null });
      rest = rest.subarray(end + 1);
    }
  }
  await ended;
  const lines = complaints.split('\n').filter((line) => line !== '');
  if (things.length === 0 && lines.length > 0)
    throw new SourceError(
      'unreadable',
      because('source.not-listed', { original: lines[0] ?? '' }),
      `The source could not be listed: ${lines[0]}`,
    );
  return { kind: 'files', things, beside: [], unseen: lines.length };
}

async function listPostgresql(url: string): Promise<OwnList> {
  await using session = await openPostgresql(url);
  const tables = await session.queryText(`
    select t.table_schema || '.' || t.table_name, (exists (
      select from pg_depend d where d.classid = 'pg_class'::regclass and d.deptype = 'e'
        and d.objid = format('%I.%I', t.table_schema, t.table_name)::regclass))::text
    from information_schema.tables t
    join pg_class c on c.oid = format('%I.%I', t.table_schema, t.table_name)::regclass
    where t.table_type = 'BASE TABLE' and c.relkind = 'r'
      and t.table_schema not in ('pg_catalog', 'information_schema')`);
  const beside = await session.queryText(`
    select datname from pg_database
    where datallowconn and not datistemplate and datname not in ('postgres', current_database()) order by 1`);
  return {
    kind: 'tables',
    things: tables.map(([name, isOwned]) => ({
      name: name!,
      changedAt: null,
      ruledOut: isOwned === 'true' ? 'extension' : null,
    })),
    beside: beside.map(([name]) => name!),
    unseen: 0,
  };
}

async function listMariadb(url: string): Promise<OwnList> {
  await using session = await openMariadb(readTarget(url).target);
  const tables = await session.query('show full tables');
  const databases = await session.query('show databases');
  const [[own] = []] = await session.query('select database()');
  const ofServer = ['information_schema', 'mysql', 'performance_schema', 'sys', own];
  return {
    kind: 'tables',
    things: tables
      .filter(([, type]) => type === 'BASE TABLE' || type === 'SYSTEM VERSIONED')
      .map(([name]) => ({ name: name!, changedAt: null, ruledOut: null })),
    beside: databases.map(([name]) => name!).filter((name) => !ofServer.includes(name)),
    unseen: 0,
  };
}

function listSqlite(url: string): OwnList {
  const database = new DatabaseSync(decodeURIComponent(new URL(url).pathname), { readOnly: true });
  try {
    const rows = database
      .prepare(
        `select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
           and sql not like 'create virtual%'`,
      )
      .all() as { name: string }[];
    const things = rows.map(({ name }) => ({ name, changedAt: null, ruledOut: null }));
    return { kind: 'tables', things, beside: [], unseen: 0 };
  } finally {
    database.close();
  }
}
