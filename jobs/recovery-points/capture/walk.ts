/** Walking a source tree by bytes: names need not be UTF-8, and things may vanish at any moment. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';

const SLASH = Buffer.from('/');
const DOT = Buffer.from('.');

/** One thing met on the way. `path` is below the root, `full` can be opened; `failure` says why it cannot be looked at. */
export interface Found {
  path: Buffer;
  full: Buffer;
  stats: BigIntStats | null;
  failure: NodeJS.ErrnoException | null;
}

/** The root first, then everything below it in byte order, a folder before what it holds; without what is left out. */
export function* walk(root: Buffer, leavesOut: LeavesOut | null = null): Generator<Found> {
  yield* visit(DOT, root, leavesOut);
}

type LeavesOut = (path: Buffer) => boolean;

function* visit(path: Buffer, full: Buffer, leavesOut: LeavesOut | null): Generator<Found> {
  if (leavesOut?.(path)) return;
  const { stats, failure } = look(full);
  if (!stats?.isDirectory()) {
    yield { path, full, stats, failure };
    return;
  }
  const { names, failure: unreadable } = readNames(full);
  yield { path, full, stats, failure: unreadable };
  const prefix = path === DOT ? Buffer.alloc(0) : Buffer.concat([path, SLASH]);
  for (const name of names)
    yield* visit(Buffer.concat([prefix, name]), Buffer.concat([full, SLASH, name]), leavesOut);
}

function look(full: Buffer): { stats: BigIntStats | null; failure: NodeJS.ErrnoException | null } {
  try {
    return { stats: lstatSync(full, { bigint: true }), failure: null };
  } catch (error) {
    return { stats: null, failure: error as NodeJS.ErrnoException };
  }
}

function readNames(full: Buffer): { names: Buffer[]; failure: NodeJS.ErrnoException | null } {
  try {
    return { names: readdirSync(full, { encoding: 'buffer' }).sort(Buffer.compare), failure: null };
  } catch (error) {
    return { names: [], failure: error as NodeJS.ErrnoException };
  }
}
