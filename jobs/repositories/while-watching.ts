/** How much a program that says nothing of itself has written into a folder so far. */
import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LEAST_PAUSE_MS = 2000;
/** Looking takes at most so much of the time. */
const SHARE = 20;

/** Does the work, and tells now and then how many bytes lie in the folder. */
export async function whileWatching<T>(
  folder: string,
  tell: (bytes: number) => void,
  work: () => Promise<T>,
  { leastPauseMs = LEAST_PAUSE_MS } = {},
): Promise<T> {
  const over = new AbortController();
  const watching = watch({ folder, tell, leastPauseMs }, over.signal);
  try {
    return await work();
  } finally {
    over.abort();
    await watching;
  }
}

interface Watching {
  folder: string;
  tell(bytes: number): void;
  leastPauseMs: number;
}

async function watch({ folder, tell, leastPauseMs }: Watching, over: AbortSignal): Promise<void> {
  for (let pause = leastPauseMs; ; ) {
    await sleep(pause, null, { signal: over, ref: false }).catch(() => {});
    if (over.aborted) return;
    const from = performance.now();
    const bytes = await bytesIn(folder, over);
    if (over.aborted) return;
    tell(bytes);
    pause = Math.max(leastPauseMs, (performance.now() - from) * SHARE);
  }
}

/** What comes and goes meanwhile is not counted. */
async function bytesIn(folder: string, over: AbortSignal): Promise<number> {
  let sum = 0;
  const open = [folder];
  for (let next = open.pop(); next !== undefined && !over.aborted; next = open.pop()) {
    const entries: Dirent[] = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      const path = join(next, entry.name);
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile()) sum += (await lstat(path).catch(() => ({ size: 0 }))).size;
    }
  }
  return sum;
}
