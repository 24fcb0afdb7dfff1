/** Work that leaves the machine to whatever else runs on it. */
import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

/** Gives this process the lowest priority for good: only root could raise it again. */
export function beGentle(): void {
  // Linux keeps one for each thread. Those that begin later, and programs, take that of the thread that starts them.
  for (const thread of readdirSync('/proc/self/task')) lower(Number(thread));
}

function lower(thread: number): void {
  try {
    setPriority(thread, constants.priority.PRIORITY_LOW);
  } catch (error) {
    // A thread may end while the others are being asked.
    if ((error as { info?: { code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}
