/** What lies whole on disk already, so that it need not be fetched: found by size, time and SHA-256, never by name alone. */
import { type BigIntStats, chmodSync, lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Entry } from '../manifest/entry.ts';
import { linesOf } from '../manifest/line-buffer.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import { encodePath } from '../paths.ts';
import { pathBelow } from './file-writer.ts';
import { type Placed, placedLines, type ReadPlan } from './plan.ts';

const LINES_A_BATCH = 200;

interface Search {
  root: string;
  manifest: Manifest;
  wanted: ReadonlySet<string> | null;
  pool: Pick<ReadPool, 'compare'>;
  signal?: AbortSignal | undefined;
}

/** Files of a cut restore whose content is whole. Their rights may still be missing. */
export async function findWhole(search: Search): Promise<Set<string>> {
  const about = ['tree-content', 'tree-size', 'tree-time', 'tree-type', 'tree-unreadable'];
  const { held } = await look(search, { isBad: (name) => about.includes(name), except: new Set() });
  return held;
}

/**
 * Files of a folder that are in every way as they would be restored, and a folder that is in the way of something else.
 * A file with several names is none of them: a change of one name would be one of all.
 */
export async function findEqual(search: Search): Promise<{ held: Set<string>; inTheWay: string | null }> {
  const except = new Set<string>();
  for (const { line, type } of placedLines(search.manifest))
    if (type === 'link') except.add((JSON.parse(line) as Entry).link ?? '');
  return look(search, { isBad: () => true, except });
}

interface Judging {
  isBad(finding: string): boolean;
  except: ReadonlySet<string>;
}

async function look(
  { root, manifest, wanted, pool, signal }: Search,
  { isBad, except }: Judging,
): Promise<{ held: Set<string>; inTheWay: string | null }> {
  const held = new Set<string>();
  // A link in the place of a folder leads elsewhere: nothing below it is looked at.
  const folders = new Set<string>();
  let inTheWay: string | null = null;
  let batch: Placed[] = [];

  const judge = async () => {
    signal?.throwIfAborted();
    const options = { owners: process.geteuid?.() === 0, lessened: new Set<string>() };
    const lines = linesOf(batch.map(({ line }) => line));
    const { findings } = await pool.compare({ kind: 'compare', root, lines, options });
    const bad = new Set(findings.filter(({ name }) => isBad(name)).map(({ where }) => where));
    for (const { path } of batch) if (!bad.has(path)) held.add(path);
    batch = [];
  };
  let count = 0;
  for (const placed of placedLines(manifest)) {
    const { path, type, line } = placed;
    if (++count % 10_000 === 0) await setImmediate();
    if ((wanted && !wanted.has(path)) || (path !== '.' && !folders.has(parentOf(path)))) continue;
    const stats = lstatSync(pathBelow(root, path), { bigint: true, throwIfNoEntry: false });
    if (stats?.isDirectory() && type === 'directory') folders.add(path);
    else if (stats?.isDirectory()) inTheWay ??= path;
    else if (type === 'file' && stats && mayBe(line, stats) && !except.has(path)) batch.push(placed);
    if (batch.length === LINES_A_BATCH) await judge();
  }
  if (batch.length > 0) await judge();
  return { held, inTheWay };
}

/** Opens every folder of a cut restore to ourselves: some may have got their rights already. */
export function openFolders(folder: Buffer): void {
  chmodSync(folder, 0o700);
  for (const one of readdirSync(folder, { encoding: 'buffer', withFileTypes: true }))
    if (one.isDirectory()) openFolders(below(folder, one.name));
}

/** Leaves of a cut restore only folders and whole files that are wanted. */
export function clearRest(folder: Buffer, plan: ReadPlan): void {
  const kept = new Set([...plan.folders, ...plan.there].map(({ path }) => path));
  clear(folder, Buffer.alloc(0), kept);
}

function clear(folder: Buffer, prefix: Buffer, kept: ReadonlySet<string>): void {
  for (const one of readdirSync(folder, { encoding: 'buffer', withFileTypes: true })) {
    const full = below(folder, one.name);
    const path = Buffer.concat([prefix, one.name]);
    const isKept = kept.has(encodePath(path));
    if (one.isDirectory()) {
      clear(full, Buffer.concat([path, Buffer.from('/')]), kept);
      if (!isKept) rmdirSync(full);
    } else if (!isKept) unlinkSync(full);
  }
}

function mayBe(line: string, { size, mtimeNs }: BigIntStats): boolean {
  const { size: listed = 0, mtime = '' } = JSON.parse(line) as Entry;
  const offBy = mtimeNs - BigInt(mtime);
  // Without the system's own call times are given back to less than a microsecond; whoever compares knows.
  return size === BigInt(listed) && offBy <= 1000n && offBy >= -1000n;
}

function parentOf(path: string): string {
  const at = path.lastIndexOf('/');
  return at < 0 ? '.' : path.slice(0, at);
}

function below(folder: Buffer, name: Buffer): Buffer {
  return Buffer.concat([folder, Buffer.from('/'), name]);
}
