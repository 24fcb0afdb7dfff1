/** Brings an installation back from its own backup: its files into an empty data folder, its database into an empty database. */
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { openSession, quoteName } from '#/jobs/sources/postgresql-connection.ts';
import { findProgram } from '#/jobs/sources/postgresql-programs.ts';
import { runProgram, splitPassword } from '#/jobs/sources/postgresql-run.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { findCopy } from '#/jobs/verifiers/restored-copy.ts';
import { startEmbeddedPostgresql } from '../postgresql/embedded.ts';
import { OWNER } from '../postgresql/roles.ts';
import type { Settings } from '../settings.ts';
import { StartError } from '../start-error.ts';
import { DATABASE_ASSET, FILES_ASSET } from './make.ts';

export interface BringingBack {
  settings: Settings;
  store: Store;
  /** Of a recipient of the backup. */
  identity: string;
  /** Public keys whose signature is believed. */
  trust: string[];
  signal?: AbortSignal;
}

export interface BroughtBack {
  databasePoint: string;
  filesPoint: string;
  files: number;
  signature: string;
}

/**
 * May be run again after it was cut: files that are there must be the same, and the database comes whole or not at all.
 * Throws `StartError` where something else is in the way.
 */
export async function bringBack(request: BringingBack): Promise<BroughtBack> {
  const { dataDir } = request.settings;
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const scratchDir = await mkdtemp(join(dataDir, 'restoring-'));
  try {
    const files = await fetch(request, FILES_ASSET, join(scratchDir, 'files'));
    const database = await fetch(request, DATABASE_ASSET, join(scratchDir, 'database'));
    await putFiles(join(scratchDir, 'files'), dataDir);
    const dump = await findCopy(join(scratchDir, 'database'), 'postgresql');
    if (!dump) throw new StartError('The point of the database holds no dump.');
    await putDatabase(request, dump);
    const { pointId: filesPoint, files: count, signature } = files;
    return { databasePoint: database.pointId, filesPoint, files: count, signature };
  } finally {
    await rm(scratchDir, { recursive: true, force: true });
  }
}

function fetch({ store, identity, trust, signal }: BringingBack, asset: string, into: string) {
  return restore({
    ...{ store, asset, point: 'latest', identity, trust, into, only: null },
    ...(signal && { signal }),
  });
}

/** A file that is there already stays where it is the same; another is in the way. */
async function putFiles(from: string, dataDir: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name === 'keys') await refuseOtherKeys(from, dataDir);
    await cp(join(from, name), join(dataDir, name), {
      recursive: true,
      preserveTimestamps: true,
      errorOnExist: false,
      force: true,
    });
  }
}

async function refuseOtherKeys(from: string, dataDir: string): Promise<void> {
  const file = join('keys', 'master.key');
  if (!existsSync(join(dataDir, file)) || !existsSync(join(from, file))) return;
  if ((await readFile(join(dataDir, file))).equals(await readFile(join(from, file)))) return;
  throw new StartError(
    `${join(dataDir, file)} is of another installation. Bring back into an empty folder: give another --data.`,
  );
}

async function putDatabase({ settings, signal }: BringingBack, dump: string): Promise<void> {
  if (!settings.database) {
    await using embedded = await startEmbeddedPostgresql({ dataDir: `${settings.dataDir}/postgresql` });
    const url = new URL(embedded.ownerUrl);
    const superuser = new URL(embedded.superuserUrl);
    superuser.pathname = url.pathname;
    await load({ url: superuser.href, owner: OWNER, dump, settings, signal });
    return;
  }
  const { ownerUrl } = settings.database;
  if (!ownerUrl)
    throw new StartError('Put OWNER_DATABASE_URL: the tables are made anew, as the owner of the database.');
  await load({ url: ownerUrl, owner: null, dump, settings, signal });
}

interface Loading {
  url: string;
  /** Role that owns what is made, where that is not who connects. */
  owner: string | null;
  dump: string;
  settings: Settings;
  signal: AbortSignal | undefined;
}

async function load({ url, owner, dump, settings, signal }: Loading): Promise<void> {
  const major = await prepareEmpty(url);
  const program = await findProgram('pg_restore', major, { programsDir: `${settings.dataDir}/programs` });
  const { address, password } = splitPassword(url);
  const args = ['--single-transaction', '--exit-on-error', '--no-owner', '--no-password'];
  if (owner) args.push(`--role=${owner}`);
  const { status, complaint } = await runProgram(program, [...args, `--dbname=${address}`, dump], {
    password,
    signal,
  });
  if (status === 0) return endWhatRan(url);
  if (status !== 0)
    throw new StartError(
      `The database was not brought back, and is empty as before. pg_restore says: ${complaint}`,
    );
  await endWhatRan(url);
}

/** The backup that was brought back could not know its own end. */
async function endWhatRan(url: string): Promise<void> {
  await using session = await openSession(url);
  await session.query(`update own_backups set state = 'stopped', ended_at = now() where state = 'running'`);
}

/** Refuses a database with tables in it. Makes the role that rights are given to. Answers the server's major version. */
async function prepareEmpty(url: string): Promise<number> {
  await using session = await openSession(url);
  const [found] = await session.query<{ tables: string; version: string }>(
    `select count(*)::text as tables, current_setting('server_version_num') as version from pg_class
     where relkind in ('r', 'p') and relnamespace not in (select oid from pg_namespace
       where nspname in ('pg_catalog', 'information_schema', 'pg_toast'))`,
  );
  if (found?.tables !== '0')
    throw new StartError(
      'The database is not empty: an installation is there already. Bring back into an empty one, with another --data or DATABASE_URL.',
    );
  await session.query(
    `do $$ begin create role ${quoteName('reprise_service')} nologin;
     exception when duplicate_object or unique_violation then null; end $$`,
  );
  return Math.floor(Number(found.version) / 10_000);
}
