/** Programs that must not outlive us. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import type { RunAs } from './ordinary-user.ts';

const SETPRIV = '/usr/bin/setpriv';

export interface ChildOptions {
  /** What the kernel sends the program when we die, however we die: where the system has `setpriv`. */
  deathSignal: 'INT' | 'KILL';
  stdio: StdioOptions;
}

/**
 * Starts a program as the chosen user. It gets a session of its own: Ctrl-C in our terminal is for us to handle, and a
 * password is asked on standard input, never on the terminal. Nothing of our environment but the path goes along. Throws when it cannot start.
 */
export async function startChild(
  runAs: RunAs,
  command: string[],
  { deathSignal, stdio }: ChildOptions,
): Promise<ChildProcess> {
  const [program = '', ...args] = [...runAs.prefix, ...(await dieWithUs(deathSignal)), ...command];
  const env = { PATH: process.env.PATH, LANG: 'C', TZ: 'UTC' };
  const child = spawn(program, args, { ...runAs.user, env, stdio, detached: true });
  await once(child, 'spawn');
  return child;
}

async function dieWithUs(signal: string): Promise<string[]> {
  return access(SETPRIV).then(
    () => [SETPRIV, '--pdeathsig', signal],
    () => [], // the next start finds and stops what we leave behind
  );
}
