/** The order of a manifest and of a walk: a folder, then all that is in it, names by their bytes. */
import { decodePath } from '../paths.ts';

const SLASH = 0x2f;

/** Whether a path comes before another (negative), after it (positive), or is the same. `.` comes first. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '.' || b === '.') return a === '.' ? -1 : 1;
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    // Beyond ASCII, and where bytes are encoded, the order of characters is not that of bytes.
    if (one > 126 || other > 126 || one === 0x25 || other === 0x25)
      return compareBytes(decodePath(a), decodePath(b));
    if (one !== other) return rank(one) - rank(other);
  }
  return a.length - b.length;
}

function compareBytes(a: Buffer, b: Buffer): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) if (a[i] !== b[i]) return rank(a[i]!) - rank(b[i]!);
  return a.length - b.length;
}

/** What is in a folder comes before a longer name that begins like the folder's. */
const rank = (code: number): number => (code === SLASH ? 0 : code);
