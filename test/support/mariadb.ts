/** One real MariaDB for a mocha run, on loopback, and a fresh database for whoever asks. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readTarget } from '#/jobs/sources/mariadb-address.ts';
import { openSession, quoteName } from '#/jobs/sources/mariadb-connection.ts';
import { findFreePort } from '#/server/postgresql/ports.ts';
import { makeFastFolder } from './folders.ts';
import { waitForPort } from './ports.ts';

const run = promisify(execFile);
const PATIENCE_MS = 30_000;
export const ROOT_PASSWORD = 'r00t#"\\ \'é';

/** A database of one test, as the server's root. */
export interface TestMariadb extends AsyncDisposable {
  name: string;
  url: string;
}

/** A running server. `url` leads to its own tables, as root. */
export interface MariadbServer {
  port: number;
  url: string;
  /** Ends it as a power cut would; `start` brings it back with its data. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

let shared: Promise<MariadbServer & { folder: string }> | null = null;

/** The server that all tests of a run share: started by the first that asks, stopped after the last test. */
export function sharedMariadb(): Promise<MariadbServer> {
  shared ??= startServer();
  return shared;
}

/** Makes an empty database with an odd name; mariadb-dump itself stumbles over events where that holds quotes. */
export async function createMariadb(
  name = `shop \`$(x);-- é ${randomBytes(4).toString('hex')}`,
): Promise<TestMariadb> {
  const server = await sharedMariadb();
  await mariadb(server.url, `create database ${quoteName(name)} character set utf8mb4 collate utf8mb4_bin`);
  const url = Object.assign(new URL(server.url), { pathname: `/${encodeURIComponent(name)}` }).href;
  return {
    name,
    url,
    [Symbol.asyncDispose]: async () => {
      await mariadb(server.url, `drop database if exists ${quoteName(name)}`);
    },
  };
}

/** Runs statements one after the other in a session of their own, and answers the rows of the last. */
export async function mariadb(url: string, ...statements: string[]): Promise<(string | null)[][]> {
  await using session = await openSession(readTarget(url).target);
  let rows: (string | null)[][] = [];
  for (const statement of statements) rows = await session.query(statement);
  return rows;
}

async function startServer() {
  const folder = await makeFastFolder('mariadb');
  const data = join(folder, 'data');
  const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
  await run('mariadb-install-db', [
    '--no-defaults',
    `--datadir=${data}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    ...asRoot,
  ]);
  const port = await findFreePort();
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--socket=${join(folder, 's')}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--log-error=${join(folder, 'log')}`,
    '--innodb-flush-log-at-trx-commit=0',
    ...asRoot,
  ];
  let server: ChildProcess | null = null;
  const start = async () => {
    server = spawn('setpriv', ['--pdeathsig', 'KILL', 'mariadbd', ...args], {
      stdio: 'ignore',
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    await waitForPort(port, PATIENCE_MS);
  };
  const kill = async () => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  await start();
  const url = `mariadb://root@127.0.0.1:${port}/mysql`;
  // The driver escapes no name or password here: both are ours.
  const quoted = ROOT_PASSWORD.replaceAll(/['\\]/g, (sign) => `\\${sign}`);
  await mariadb(url, `alter user root@localhost identified by '${quoted}'`);
  const withPassword = Object.assign(new URL(url), { password: encodeURIComponent(ROOT_PASSWORD) }).href;
  return { folder, port, url: withPassword, kill, start };
}

// At the top of a module mocha takes this as a hook of the whole run.
if (typeof after === 'function') {
  after('stop the shared MariaDB', async () => {
    const started = await shared?.catch(() => null);
    shared = null;
    if (!started) return;
    await started.kill();
    await rm(started.folder, { recursive: true });
  });
}
