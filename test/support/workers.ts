/** Workers in processes of their own, which tests stop, kill and hold. */
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';

/** A worker in a process group of its own, so that all of it can be killed at once. */
export function spawnWorker(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [resolve('server/reprise.mjs'), 'worker'], {
    env: { PATH: process.env.PATH, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Tells a worker and all its children something. Nothing when it has ended. */
export function tellWhole(worker: ChildProcess | undefined, told: NodeJS.Signals) {
  if (worker?.pid && worker.exitCode === null && worker.signalCode === null) process.kill(-worker.pid, told);
}

export const killWhole = (worker: ChildProcess | undefined) => tellWhole(worker, 'SIGKILL');
