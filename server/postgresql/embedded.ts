/** A real PostgreSQL inside the product: one folder, one process beside ours, nothing to install. */
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { makeCluster, readSecrets, rememberPort, type Secrets, SUPERUSER } from './cluster.ts';
import type { RunAs } from './ordinary-user.ts';
import { findFreePort } from './ports.ts';
import { findPostmaster, StartRefused, startPostmaster, stopPostmaster } from './postmaster.ts';
import { findServerPrograms } from './programs.ts';
import { DATABASE, OWNER, prepareRoles, SERVICE } from './roles.ts';

// How long the remains of a killed server may hold its folder.
const HELD_MS = 30_000;

export interface EmbeddedOptions {
  /** Folder of the database; made when it is missing. */
  dataDir: string;
  /** Port on 127.0.0.1. Absent: a free one is chosen once and kept. */
  port?: number;
  /** PostgreSQL settings beside our own, for example `fsync: 'off'` in tests. */
  settings?: Record<string, string>;
}

/** A running database. The addresses carry passwords: they belong in no log and no message. */
export interface EmbeddedPostgresql extends AsyncDisposable {
  /** Unbound by row security, on the database `postgres`: for restore tests and for nothing else. */
  superuserUrl: string;
  /** For migrations. */
  ownerUrl: string;
  /** For the service. */
  serviceUrl: string;
  /** For example `18.4`. */
  version: string;
  /** Stops the server if this call started it. Call it last, when nobody uses the database any more. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL on a folder and prepares its roles. Where a living process already runs one on this
 * folder, that one is shared and `stop` leaves it alone; one whose process died is stopped first and started anew.
 * Should we die without `stop`, the server shuts down by itself. Throws in words for people.
 */
export async function startEmbeddedPostgresql({
  dataDir,
  port,
  settings = {},
}: EmbeddedOptions): Promise<EmbeddedPostgresql> {
  const { postgres, ...programs } = await findServerPrograms();
  await mkdir(dataDir, { recursive: true, mode: 0o711 });
  const folder = await realpath(dataDir);
  const secrets = await readSecrets(folder, port ?? null);
  const runAs = await makeCluster(folder, { postgres, ...programs }, secrets.superuser);

  const start = { postgres, runAs, settings, fixedPort: port ?? null };
  const server = await shareOrStart(folder, port ? { ...secrets, port } : secrets, start);
  try {
    const urls = addresses(server.secrets);
    await prepareRoles(urls.superuserUrl, server.secrets);
    return {
      ...urls,
      version: await readVersion(urls.superuserUrl),
      stop: server.stop,
      [Symbol.asyncDispose]: server.stop,
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

interface Server {
  secrets: Secrets;
  stop(): Promise<void>;
}

interface Start {
  postgres: string;
  runAs: RunAs;
  settings: Record<string, string>;
  fixedPort: number | null;
}

async function shareOrStart(folder: string, secrets: Secrets, start: Start): Promise<Server> {
  const cluster = join(folder, 'cluster');
  const deadline = performance.now() + HELD_MS;
  for (let port = secrets.port; ; await sleep(50)) {
    const running = await findPostmaster(cluster);
    if (running?.isOrphan) await stopPostmaster(running.pid);
    else if (running?.isReady) return { secrets: { ...secrets, port: running.port }, stop: async () => {} };
    else if (!running) {
      try {
        const child = await startPostmaster(start.postgres, cluster, { ...start, port });
        const kept = port === secrets.port ? secrets : await rememberPort(folder, secrets, port);
        return { secrets: kept, stop: () => stopPostmaster(child.pid ?? 0) };
      } catch (error) {
        if (!(error instanceof StartRefused)) throw error;
        if (error.reason === 'port' && !start.fixedPort) port = await findFreePort();
        else if (performance.now() > deadline || !(await isHeld(cluster, error))) throw error;
      }
    }
  }
}

/** Two that start at once write one log, so the reason of the one that came second may be lost in it. */
const isHeld = async (cluster: string, { reason }: StartRefused): Promise<boolean> =>
  reason === 'held' || (await findPostmaster(cluster)) !== null;

function addresses(secrets: Secrets) {
  const address = (role: string, password: string, database: string) =>
    `postgresql://${role}:${password}@127.0.0.1:${secrets.port}/${database}`;
  return {
    superuserUrl: address(SUPERUSER, secrets.superuser, 'postgres'),
    ownerUrl: address(OWNER, secrets.owner, DATABASE),
    serviceUrl: address(SERVICE, secrets.service, DATABASE),
  };
}

async function readVersion(url: string): Promise<string> {
  await using session = await openSession(url);
  const [row] = await session.query<{ server_version: string }>('show server_version');
  return row?.server_version ?? '';
}
