/** How hard content is compressed. Readers depend on none of it. */
import type { Tuning } from '../native/zstd.ts';

/** Levels for a store that takes packs as fast as they are made, one that lags, and one that all waits for. */
export const LEVELS = [2, 3, 6] as const;
/** For content that shrinks by less than `WORTH_IT` tells: it is compressed already. */
export const FAST: Tuning = { level: 1 };
export const WORTH_IT = 0.97;

/** Of level 2, with a larger hash table: a hundredth fewer bytes in the time it takes as it is. */
const USUAL = { level: 2, windowLog: 21, hashLog: 17, minMatch: 5 };
/** Headers of tar repeat in long stretches, so that short ones are not worth their bytes. */
const SMALL_FILES = { ...USUAL, minMatch: 6 };
/** Members in a slab of which much is headers. */
const MANY = 200;

/** For a slab in which so many members begin. */
export function tuningOf(level: number, members: number): Tuning {
  if (level > USUAL.level) return { level };
  return members > MANY ? SMALL_FILES : USUAL;
}
