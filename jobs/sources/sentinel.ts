/**
 * A dated sentinel: one small file, or one row in a table of ours, put into a source just before it is backed up. What is found of
 * it in a restored copy dates the data from within.
 */
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { because } from '../recovery-points/finding-codes.ts';
import { readTarget } from './mariadb-address.ts';
import { openSession as openMariadb } from './mariadb-connection.ts';
import { openSession as openPostgresql } from './postgresql-connection.ts';
import { SourceError } from './source.ts';

export const SENTINEL_FILE = 'reprise-sentinel.txt';
const TABLE = 'reprise_sentinel';
/** One value, whatever the database. */
export const SENTINEL_QUERY = `select sentinel from ${TABLE}`;

const CREATE = `create table if not exists ${TABLE} (sentinel varchar(200) not null)`;
const BUSY_MS = 2000;

/** Throws `SourceError` where the source cannot be written. */
export async function plantSentinel(source: string, text: string): Promise<void> {
  const scheme = /^([a-z]+):/i.exec(source)?.[1]?.toLowerCase() ?? 'folder';
  try {
    if (scheme === 'folder') await inFolder(source, text);
    else if (scheme.startsWith('postgres')) await inPostgresql(source, text);
    else if (scheme === 'sqlite') inSqlite(source, text);
    else await inMariadb(source, text);
  } catch (error) {
    const { message: original } = error as Error;
    throw new SourceError(
      'denied',
      because('source.sentinel-refused', { original }),
      `No dated sentinel could be put into the source: ${original}`,
      { cause: error },
    );
  }
}

/** Renamed into its place, so that no backup sees half of it. */
async function inFolder(folder: string, text: string): Promise<void> {
  const made = join(folder, `.${SENTINEL_FILE}.new`);
  try {
    await writeFile(made, text);
    await rename(made, join(folder, SENTINEL_FILE));
  } catch (error) {
    await rm(made, { force: true }).catch(() => {}); // where nothing may be written nothing lies either
    throw error;
  }
}

async function inPostgresql(url: string, text: string): Promise<void> {
  await using session = await openPostgresql(url);
  await session.query(CREATE);
  await session.query('begin');
  await session.query(`delete from ${TABLE}`);
  await session.query(`insert into ${TABLE} values ($1)`, [text]);
  await session.query('commit');
}

async function inMariadb(url: string, text: string): Promise<void> {
  await using session = await openMariadb(readTarget(url).target);
  await session.query(`${CREATE} engine = InnoDB`);
  await session.query('start transaction');
  await session.query(`delete from ${TABLE}`);
  await session.query(`insert into ${TABLE} values (?)`, [text]);
  await session.query('commit');
}

function inSqlite(url: string, text: string): void {
  const database = new DatabaseSync(decodeURIComponent(new URL(url).pathname), { timeout: BUSY_MS });
  try {
    database.exec('begin immediate');
    database.exec(CREATE);
    database.exec(`delete from ${TABLE}`);
    database.prepare(`insert into ${TABLE} values (?)`).run(text);
    database.exec('commit');
  } finally {
    database.close();
  }
}
