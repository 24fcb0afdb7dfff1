/** Memory of a process and all its descendants, looked at again and again while they live. */
import { readdirSync, readFileSync } from 'node:fs';

const EVERY_MS = 20;

/** Begins to watch. `stop` answers the peak in bytes. */
export function watchMemory(pid: number): { stop(): number } {
  let peakKib = 0;
  const look = () => {
    const tree = [...treeOf(pid)].map(memoryOf);
    const together = tree.reduce((sum, { now }) => sum + now, 0);
    // What one process had between two looks, the kernel knows.
    peakKib = Math.max(peakKib, together, ...tree.map(({ most }) => most));
  };
  const timer = setInterval(look, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      return peakKib * 1024;
    },
  };
}

/** A process that was forked and has not begun its own program yet holds nothing but its parent's memory: it does not count. */
function* treeOf(pid: number, parent = ''): Generator<number> {
  const command = orNothing(() => readFileSync(`/proc/${pid}/cmdline`, 'latin1'), '');
  if (command !== parent) yield pid;
  for (const thread of orNothing(() => readdirSync(`/proc/${pid}/task`), []))
    for (const child of orNothing(
      () => readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1'),
      '',
    ).split(' '))
      if (child) yield* treeOf(Number(child), command);
}

function memoryOf(pid: number): { now: number; most: number } {
  const status = orNothing(() => readFileSync(`/proc/${pid}/status`, 'latin1'), '');
  return { now: kib(status, 'VmRSS'), most: kib(status, 'VmHWM') };
}

function kib(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
}

/** A process may end at any moment, and then has nothing to tell. */
function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return nothing;
    throw error;
  }
}
