import { createHash } from 'node:crypto';

/** A whole number from 0 up to `range`, which an id always gets again and ids share out evenly. */
export function steadyShare(id: string, range: number): number {
  if (range <= 1) return 0;
  return Number(createHash('sha256').update(id).digest().readBigUInt64BE() % BigInt(Math.floor(range)));
}
