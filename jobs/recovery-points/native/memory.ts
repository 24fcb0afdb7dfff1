/** Keeps a process that moves large buffers small. */
import { setFlagsFromString } from 'node:v8';
import { loadCalls } from './library.ts';

// Of malloc.h.
const MMAP_THRESHOLD = -3;
const ARENA_MAX = -8;
const LARGE_BYTES = 1 << 20;

/** For threads that keep little between two orders. */
export const SMALL_HEAP = { maxYoungGenerationSizeMb: 8 };

/**
 * Has the C library give large buffers back to the system as soon as they are free, which it gives up after the first
 * few, and has short-lived objects collected while they are few. Call it before the work begins.
 */
export function keepSmall(): void {
  const calls = loadCalls({ mallopt: { arguments: ['i32', 'i32'], return: 'i32' } });
  calls?.mallopt(MMAP_THRESHOLD, LARGE_BYTES);
  calls?.mallopt(ARENA_MAX, 2);
  setFlagsFromString('--max-semi-space-size=4');
}
