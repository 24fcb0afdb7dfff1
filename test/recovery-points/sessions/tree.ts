/** What a tree is, seen without the engine's own walk. */
import { hash } from 'node:crypto';
import { type BigIntStats, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readXattrs } from '#/jobs/recovery-points/native/xattrs.ts';

/** One thing in a tree. `path` is bytes as latin-1, empty for the root. */
export interface Seen {
  path: string;
  /** Kind, mode, owner, time, content or target, attributes. */
  facts: string;
  /** Equal for names of the same file. */
  file: string;
}

/** Everything in a tree, a folder before what is in it, names by their bytes. */
export function look(root: string): Seen[] {
  return [...visit(Buffer.from(root), '')];
}

/** Names what is missing, too much or different; a few at most. Hard links count among what is compared. */
export function differences(expected: Seen[], found: Seen[]): string[] {
  const [left, right] = [withFirstNames(expected), withFirstNames(found)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  const differing = [...paths].filter((path) => left.get(path) !== right.get(path));
  return differing
    .slice(0, 5)
    .map(
      (path) =>
        `${JSON.stringify(path)}: ${left.get(path) ?? 'nothing'} became ${right.get(path) ?? 'nothing'}`,
    );
}

/** Those without one of the names on their path. */
export function without(seen: Seen[], name: string): Seen[] {
  return seen.filter(({ path }) => !path.split('/').includes(name));
}

/** Those at or below a path, and the folders they lie in. */
export function within(seen: Seen[], wanted: string): Seen[] {
  return seen.filter(
    ({ path }) =>
      path === '' || path === wanted || path.startsWith(`${wanted}/`) || wanted.startsWith(`${path}/`),
  );
}

function withFirstNames(seen: Seen[]): Map<string, string> {
  const first = new Map<string, string>();
  return new Map(
    seen.map(({ path, facts, file }) => {
      if (!first.has(file)) first.set(file, path);
      return [path, `${facts} as ${JSON.stringify(first.get(file))}`];
    }),
  );
}

function* visit(full: Buffer, path: string): Generator<Seen> {
  const stats = lstatSync(full, { bigint: true });
  yield { path, facts: factsOf(full, stats), file: `${stats.dev}:${stats.ino}` };
  if (!stats.isDirectory()) return;
  for (const name of readdirSync(full, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const below = name.toString('latin1');
    yield* visit(Buffer.concat([full, Buffer.from('/'), name]), path === '' ? below : `${path}/${below}`);
  }
}

function factsOf(full: Buffer, stats: BigIntStats): string {
  const facts = [stats.mode.toString(8), `${stats.uid}:${stats.gid}`, stats.mtimeNs];
  if (stats.isFile()) facts.push(stats.size, hash('sha256', readFileSync(full)).slice(0, 12));
  if (stats.isSymbolicLink()) facts.push(readlinkSync(full, { encoding: 'latin1' }));
  for (const [name, value] of (readXattrs(full) ?? []).sort(([a], [b]) => (a < b ? -1 : 1)))
    facts.push(`${name}=${value.toString('hex').slice(0, 40)}`);
  return facts.join(' ');
}
