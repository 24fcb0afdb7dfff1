/** The service in processes of its own, and what can be read of a process and its children from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

export interface Running extends AsyncDisposable {
  child: ChildProcess;
  /** Everything it has written so far. */
  said(): string;
  /** What it listens on, once it tells. */
  url: string;
}

/** Starts a command of ours and waits until it says that it works. */
export async function startProgram(args: string[], env: Record<string, string>, nodeArgs: string[] = []) {
  const child = spawn(process.execPath, [...nodeArgs, resolve('server/reprise.mjs'), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const { promise: isUp, resolve: up, reject } = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/Reprise (listens on|works)/.test(said)) up();
    });
  child.once('exit', (status) => reject(new Error(`${args.join(' ')} ended with ${status}: ${said}`)));
  await isUp;
  const running: Running = {
    child,
    said: () => said,
    url: /listens on (\S+)/.exec(said)?.[1] ?? '',
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
  return running;
}

/**
 * Command line and environment of each program below this process, at this moment. Between its fork and its own program a
 * child still is its parent, and tells what the parent tells.
 */
export async function seeChildren(parent: string): Promise<[told: string, environ: string][]> {
  const threads = await readdir(`/proc/${parent}/task`).catch(() => []);
  const lists = await Promise.all(threads.map((thread) => tell(`/proc/${parent}/task/${thread}/children`)));
  const children = lists.flatMap((list) => list.split(' ').filter(Boolean));
  const below = await Promise.all(
    children.map(async (child) => [
      [await tell(`/proc/${child}/cmdline`), await tell(`/proc/${child}/environ`)] as [string, string],
      ...(await seeChildren(child)),
    ]),
  );
  const own = await tell(`/proc/${parent}/cmdline`);
  return below.flat().filter(([told]) => told !== own);
}

/** Nothing when it has ended meanwhile. */
const tell = (file: string) => readFile(file, 'latin1').catch(() => '');
