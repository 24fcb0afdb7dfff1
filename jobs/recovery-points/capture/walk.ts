/** Walking a source tree by bytes: names need not be UTF-8, and things may vanish at any moment. */
import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';

const SLASH = Buffer.from('/');
const DOT = Buffer.from('.');

/** One thing met on the way. `path` is below the root, `full` can be opened; `failure` says why it cannot be looked at. */
export interface Found<Stats = BigIntStats> {
  path: Buffer;
  full: Buffer;
  stats: Stats | null;
  failure: NodeJS.ErrnoException | null;
}

/** The root first, then everything below it in byte order, a folder before what it holds. */
export function walk(root: Buffer): Generator<Found> {
  return walkWith({ look: (full) => lstatSync(full, { bigint: true }), leavesOut: null }, root);
}

/** How to look at a path, which throws the system's error, and what to leave out with all that is in it. */
export interface Walking<Stats> {
  look(full: Buffer): Stats;
  leavesOut: ((path: Buffer) => boolean) | null;
}

/** The same with other eyes. Each thing is yielded before the next one is looked at. */
export function* walkWith<Stats extends { isDirectory(): boolean }>(
  walking: Walking<Stats>,
  full: Buffer,
  path: Buffer = DOT,
): Generator<Found<Stats>> {
  if (walking.leavesOut?.(path)) return;
  const { stats, failure } = attempt(walking, full);
  if (!stats?.isDirectory()) {
    yield { path, full, stats, failure };
    return;
  }
  const { names, failure: unreadable } = readNames(full);
  yield { path, full, stats, failure: unreadable };
  const prefix = path === DOT ? Buffer.alloc(0) : Buffer.concat([path, SLASH]);
  for (const name of names)
    yield* walkWith(walking, Buffer.concat([full, SLASH, name]), Buffer.concat([prefix, name]));
}

function attempt<Stats>(
  { look }: Walking<Stats>,
  full: Buffer,
): { stats: Stats | null; failure: NodeJS.ErrnoException | null } {
  try {
    return { stats: look(full), failure: null };
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
