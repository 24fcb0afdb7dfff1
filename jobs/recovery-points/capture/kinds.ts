/** What kind of thing a path is, as tar tells it. */
import type { BigIntStats } from 'node:fs';
import type { MemberType } from '../tar/header.ts';

/** The kind, or null for one that tar has no member for. */
export function typeOf(stats: BigIntStats): MemberType | null {
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isBlockDevice() ? 'block' : null;
}

/** Major and minor number, as Linux packs them. */
export function deviceOf(rdev: bigint): [number, number] {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return [Number(major), Number(minor & 0xffffffffn)];
}
