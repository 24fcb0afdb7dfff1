/** What a process and all that it started hold for themselves. */
import { readdirSync, readFileSync } from 'node:fs';

const PAGE_BYTES = 4096;

/** In bytes, without what is shared with others; 0 where the system does not tell. */
export function privateMemoryOf(pid: number): number {
  const [, resident = 0, shared = 0] = numbersIn(`/proc/${pid}/statm`);
  const children = threadsOf(pid).flatMap((thread) => numbersIn(`/proc/${pid}/task/${thread}/children`));
  return children.reduce((sum, child) => sum + privateMemoryOf(child), (resident - shared) * PAGE_BYTES);
}

const threadsOf = (pid: number): string[] => orNone(() => readdirSync(`/proc/${pid}/task`));

const numbersIn = (file: string): number[] =>
  orNone(() => readFileSync(file, 'latin1').trim().split(/\s+/)).flatMap((text) =>
    text === '' ? [] : [Number(text)],
  );

/** A process may end at any moment, and not every system has `/proc`. */
function orNone(read: () => string[]): string[] {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
