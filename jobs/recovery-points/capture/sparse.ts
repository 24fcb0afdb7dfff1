/** Finding the holes of a sparse file by its zeros: Node cannot ask the file system where they are. */
import { readSync } from 'node:fs';

const PIECE = 1 << 20;
const GRAIN = 4096;
const ZEROS = Buffer.alloc(PIECE);
const piece = Buffer.allocUnsafeSlow(PIECE);

/**
 * Offset and length of each stretch that is not zero, in steps of 4 KiB, or null when there is no hole.
 * As GNU tar does, a file that ends in a hole gets a last stretch of length 0.
 */
export function findSegments(fd: number, size: number): [number, number][] | null {
  const segments: [number, number][] = [];
  let hasHole = false;
  for (let at = 0; at < size; at += PIECE) {
    const read = readSync(fd, piece, 0, Math.min(PIECE, size - at), at);
    if (read === 0) break;
    hasHole = addPiece(segments, piece.subarray(0, read), at) || hasHole;
  }
  const last = segments.at(-1);
  if ((last ? last[0] + last[1] : 0) < size) segments.push([size, 0]);
  return hasHole ? segments : null;
}

function addPiece(segments: [number, number][], bytes: Buffer, base: number): boolean {
  if (bytes.equals(ZEROS.subarray(0, bytes.length))) return true;
  let hasHole = false;
  for (let at = 0; at < bytes.length; at += GRAIN) {
    const grain = bytes.subarray(at, at + GRAIN);
    if (grain.equals(ZEROS.subarray(0, grain.length))) hasHole = true;
    else addGrain(segments, base + at, grain.length);
  }
  return hasHole;
}

function addGrain(segments: [number, number][], offset: number, length: number): void {
  const last = segments.at(-1);
  if (last && last[0] + last[1] === offset) last[1] += length;
  else segments.push([offset, length]);
}
