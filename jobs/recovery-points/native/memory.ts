/** Keeps a process that moves large buffers small. */
import { loadCalls } from './library.ts';

// Of malloc.h.
const MMAP_THRESHOLD = -3;
const ARENA_MAX = -8;
const LARGE_BYTES = 1 << 20;

/** For threads that keep little between two orders. */
export const SMALL_HEAP = { maxYoungGenerationSizeMb: 16 };

/** For processes that do: short-lived objects are collected while they are few. Has an effect at their start alone. */
export const SMALL_PROCESS = ['--max-semi-space-size=8'];

/**
 * Has the C library give large buffers back to the system as soon as they are free, which it gives up after the first
 * few. Call it before the work begins.
 */
export function keepSmall(): void {
  const calls = loadCalls({ mallopt: { arguments: ['i32', 'i32'], return: 'i32' } });
  calls?.mallopt(MMAP_THRESHOLD, LARGE_BYTES);
  calls?.mallopt(ARENA_MAX, 2);
}
