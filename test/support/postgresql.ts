/** One real PostgreSQL for a mocha run, and a fresh database for whoever asks. */
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { openSession, quoteName } from '#/jobs/sources/postgresql-connection.ts';
import { type EmbeddedPostgresql, startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';
import { makeFastFolder } from './folders.ts';

/** A database of one test. The three addresses lead to it, as the three kinds of role. */
export interface TestDatabase extends AsyncDisposable {
  name: string;
  superuserUrl: string;
  ownerUrl: string;
  serviceUrl: string;
  /** Ends the sessions on it and removes it. */
  drop(): Promise<void>;
}

/** Brings an empty database up to date, as its owner. Must leave no session open. */
export type Migrate = (ownerUrl: string) => Promise<unknown>;

let cluster: Promise<EmbeddedPostgresql & { folder: string }> | null = null;
const templates = new Map<Migrate, Promise<string>>();

/** The cluster that all tests of a run share: started by the first that asks, stopped after the last test. */
export function sharedPostgresql(): Promise<EmbeddedPostgresql> {
  cluster ??= startCluster();
  return cluster;
}

/**
 * Makes a database, in some 20 ms. With `migrate`, that runs once in a mocha run, on a template; each database is a copy.
 * Drop it after use: each takes about 10 MB of memory.
 */
export async function createTestDatabase(migrate?: Migrate): Promise<TestDatabase> {
  const server = await sharedPostgresql();
  if (!migrate) return createDatabase(server, 'template0');
  let template = templates.get(migrate);
  if (!template) {
    template = makeTemplate(server, migrate);
    templates.set(migrate, template);
  }
  return createDatabase(server, await template);
}

async function makeTemplate(server: EmbeddedPostgresql, migrate: Migrate): Promise<string> {
  const { name, ownerUrl } = await createDatabase(server, 'template0');
  await migrate(ownerUrl);
  return name;
}

async function createDatabase(server: EmbeddedPostgresql, template: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await using session = await openSession(server.superuserUrl);
  await session.query(
    `create database ${name} owner reprise_owner template ${quoteName(template)} strategy file_copy`,
  );
  await session.query(`revoke connect, temporary on database ${name} from public`);
  await session.query(`grant connect on database ${name} to reprise`);

  const drop = async () => {
    await using last = await openSession(server.superuserUrl);
    await last.query(`drop database if exists ${name} with (force)`);
  };
  return {
    name,
    superuserUrl: onDatabase(server.superuserUrl, name),
    ownerUrl: onDatabase(server.ownerUrl, name),
    serviceUrl: onDatabase(server.serviceUrl, name),
    drop,
    [Symbol.asyncDispose]: drop,
  };
}

async function startCluster() {
  const folder = await makeFastFolder('postgresql');
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };
  return { ...(await startEmbeddedPostgresql({ dataDir: folder, settings })), folder };
}

function onDatabase(url: string, name: string): string {
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

// At the top of a module mocha takes this as a hook of the whole run.
if (typeof after === 'function') {
  after('stop the shared PostgreSQL', async () => {
    const started = await cluster?.catch(() => null);
    cluster = null;
    templates.clear();
    if (!started) return;
    await started.stop();
    await rm(started.folder, { recursive: true });
  });
}
