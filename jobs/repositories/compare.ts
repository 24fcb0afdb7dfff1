/** What was restored against what its tool lists: every path both ways, with its size, and its hash where the tool tells one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ListedEntry } from './repository.ts';

export interface Restored {
  path: string;
  kind: ListedEntry['kind'];
  size: number;
  hash: string | null;
}

export interface Difference {
  path: string;
  what: 'missing' | 'extra' | 'other-kind' | 'other-size' | 'other-content';
}

/** Walks what was restored. Hashes are computed where the list tells one. */
export async function readRestored(
  root: string,
  listed: ListedEntry[],
  signal: AbortSignal,
): Promise<Restored[]> {
  const algorithms = new Map(listed.map(({ path, hash }) => [path, hash?.split(':')[0]]));
  const found: Restored[] = [];
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(join(root, below), { withFileTypes: true })) {
      signal.throwIfAborted();
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
      const { size } = await lstat(join(root, path));
      const algorithm = kind === 'file' ? algorithms.get(path) : undefined;
      const hash = algorithm ? `${algorithm}:${await hashOf(join(root, path), algorithm)}` : null;
      found.push({ path, kind, size, hash });
      if (kind === 'folder') await walk(path);
    }
  };
  await walk('');
  return found;
}

/** Folders on the way to what was backed up are made by the restore, and listed by no tool. */
export function compare(listed: readonly ListedEntry[], restored: readonly Restored[]): Difference[] {
  const found = new Map(restored.map((entry) => [entry.path, entry]));
  const known = new Set(listed.map(({ path }) => path));
  const ways = new Set(listed.flatMap(({ path }) => foldersAbove(path)));
  const differences = listed.flatMap((entry): Difference[] => {
    const { path } = entry;
    const own = found.get(path);
    if (!own) return [{ path, what: 'missing' }];
    if (own.kind !== entry.kind) return [{ path, what: 'other-kind' }];
    if (entry.kind !== 'file') return [];
    if (own.size !== entry.size) return [{ path, what: 'other-size' }];
    return entry.hash !== null && own.hash !== entry.hash ? [{ path, what: 'other-content' }] : [];
  });
  const extra = restored
    .filter(({ path }) => !known.has(path) && !ways.has(path))
    .map(({ path }): Difference => ({ path, what: 'extra' }));
  return [...differences, ...extra];
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

async function hashOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
