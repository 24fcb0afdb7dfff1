/** What kind of thing a path is, as tar tells it. */
import type { FileStats } from '../native/stat.ts';
import type { MemberType } from '../tar/header.ts';

/** The kind, or null for one that tar has no member for. */
export function typeOf(stats: FileStats): MemberType | null {
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isBlockDevice() ? 'block' : null;
}
