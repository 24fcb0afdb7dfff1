/** The server process of a cluster: finding it, starting it, stopping it. */
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import { startChild } from './children.ts';
import type { RunAs } from './ordinary-user.ts';

const POLL_MS = 10;
const STOP_MS = 60_000;
const STOP_HARD_MS = 10_000;
const PARENT = 'reprise.parent=';

/** A server that runs on a cluster. An orphan's starter is dead; a server of others is not ours to stop. */
export interface Postmaster {
  pid: number;
  port: number;
  isReady: boolean;
  isOrphan: boolean;
}

/** Why a start was refused: `held` by the remains of a dead server, `port` taken, or something that waiting does not mend. */
export class StartRefused extends StartError {
  override name = 'StartRefused';
  readonly reason: 'held' | 'port' | 'other';

  constructor(log: string) {
    super(`PostgreSQL did not start: ${log.trim().slice(-1000)}`);
    this.reason = reasonOf(log);
  }
}

/**
 * The server that runs on a cluster, or null. The process named in `postmaster.pid` counts only if it is a PostgreSQL
 * of just this folder: after a crash another program may have got the number.
 */
export async function findPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = (await readOrNull(join(cluster, 'postmaster.pid')))?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!(pid > 0)) return null;
  const command = (await readOrNull(`/proc/${pid}/cmdline`))?.split('\0') ?? [];
  if (basename(command[0] ?? '') !== 'postgres' || !command.includes(cluster)) return null;
  const starter = command.find((word) => word.startsWith(PARENT))?.slice(PARENT.length);
  return {
    pid,
    port: Number(lines[3]),
    isReady: lines[7]?.trim() === 'ready',
    // The kernel gives an orphan to another parent, so an equal number is the same living process.
    isOrphan: String(await findParent(pid)) !== starter,
  };
}

/** Starts a server on a cluster and waits until it answers, also through a long recovery. Throws `StartRefused`. */
export async function startPostmaster(
  postgres: string,
  cluster: string,
  { runAs, port, settings }: { runAs: RunAs; port: number; settings: Record<string, string> },
): Promise<ChildProcess> {
  const log = join(cluster, '..', 'postgresql.log');
  const output = await open(log, 'w', 0o600);
  const all = { ...SETTINGS, port: String(port), ...settings };
  const child = await startChild(
    runAs,
    [
      postgres,
      '-D',
      cluster,
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      '-c',
      `${PARENT}${process.pid}`,
    ],
    { deathSignal: 'INT', stdio: ['ignore', 'ignore', output.fd] },
  );
  await output.close();
  while (!(await isReady(cluster, child.pid))) {
    if (hasEnded(child)) throw new StartRefused(await readFile(log, 'utf8'));
    await sleep(POLL_MS);
  }
  child.unref();
  return child;
}

/** Stops a server: sessions are ended, everything is written. After a minute it is stopped harder, without loss. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const [signal, patience] of [
    ['SIGINT', STOP_MS],
    ['SIGQUIT', STOP_HARD_MS],
    ['SIGKILL', STOP_HARD_MS],
  ] as const) {
    if (!send(pid, signal)) return;
    const deadline = performance.now() + patience;
    while (performance.now() < deadline) {
      if (!(await isAlive(pid))) return;
      await sleep(POLL_MS);
    }
  }
  throw new Error(`The PostgreSQL server ${pid} does not stop.`);
}

/** Whether a process runs. One that is dead and only waits for its parent to notice does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const state = (await readStat(pid))?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

// Only on loopback, no socket file, UTC; the log holds neither values nor statements, and does not grow by routine.
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_autovacuum_min_duration: '-1',
  log_error_verbosity: 'terse',
  log_min_error_statement: 'panic',
};

function reasonOf(log: string): StartRefused['reason'] {
  if (/lock file "postmaster.pid" already exists|shared memory block .* still in use/.test(log))
    return 'held';
  if (/could not bind .*: Address already in use/.test(log)) return 'port';
  return 'other';
}

async function isReady(cluster: string, pid: number | undefined): Promise<boolean> {
  const server = await findPostmaster(cluster);
  return server !== null && server.pid === pid && server.isReady;
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false; // it has ended already
    throw error;
  }
}

async function findParent(pid: number): Promise<number | null> {
  const parent = (await readStat(pid))?.[1];
  return parent === undefined ? null : Number(parent);
}

/** Fields of /proc/PID/stat behind the program's name: state, parent, ... */
async function readStat(pid: number): Promise<string[] | undefined> {
  const stat = await readOrNull(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null; // a process may end while it is read
    throw error;
  }
}
