/** L3: compares a restored tree with the manifest, both ways, reading every file back. */
import { createHash, hash } from 'node:crypto';
import { type BigIntStats, closeSync, openSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { type Found, walk } from '../capture/walk.ts';
import { type Because, because } from '../finding-codes.ts';
import type { Entry } from '../manifest.ts';
import { encodePath } from '../paths.ts';
import { isExact } from '../restore/native.ts';
import type { Finding } from './ledger.ts';

const ONE_SHOT_BYTES = 4 << 20;
const SLICE_MS = 15;
/** A file system may round a hole's edges to its own blocks. */
const HOLE_SLACK = 1 << 20;

export interface CompareOptions {
  /** Whether owners could be set, and so must be right. */
  owners: boolean;
  /** Paths whose special mode bits the restore left off, and told of. */
  lessened: Set<string>;
  onProgress?: ((files: number, bytes: number) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Names everything that is missing, too much, or different. An empty answer means: exactly the manifest. */
export async function compareTree(
  root: string,
  entries: Entry[],
  options: CompareOptions,
): Promise<Finding[]> {
  const comparison = new Comparison(entries, options);
  let sliceEnds = performance.now() + SLICE_MS;
  for (const found of walk(Buffer.from(root))) {
    comparison.look(found);
    if (performance.now() < sliceEnds) continue;
    await setImmediate();
    options.signal?.throwIfAborted();
    options.onProgress?.(comparison.files, comparison.bytes);
    sliceEnds = performance.now() + SLICE_MS;
  }
  return comparison.finish();
}

class Comparison {
  files = 0;
  bytes = 0;
  readonly #expected: Map<string, Entry>;
  readonly #options: CompareOptions;
  readonly #findings: Finding[] = [];
  readonly #inodes = new Map<string, bigint>();

  constructor(entries: Entry[], options: CompareOptions) {
    this.#expected = new Map(entries.map((entry) => [entry.path, entry]));
    this.#options = options;
  }

  look({ path: bytes, full, stats, failure }: Found): void {
    const path = encodePath(bytes);
    const entry = this.#expected.get(path);
    this.#expected.delete(path);
    if (!entry) {
      this.#find('tree-extra', path, 'nothing', 'something that the manifest does not list');
      return;
    }
    if (!stats || failure) {
      this.#find('tree-unreadable', path, 'readable', failure?.code ?? 'EIO');
      return;
    }
    if (kindOf(stats) !== (entry.type === 'link' ? kindOf(stats) : entry.type)) {
      this.#find('tree-type', path, entry.type, kindOf(stats));
      return;
    }
    this.#inodes.set(path, stats.ino);
    if (entry.type === 'link') {
      this.#link(entry, stats);
      return;
    }
    this.#facts(entry, stats);
    if (entry.type === 'file') this.#content(entry, full, stats);
    if (entry.type === 'symlink')
      this.#same('tree-link', path, entry.link ?? '', encodePath(readlinkSync(full, { encoding: 'buffer' })));
  }

  finish(): Finding[] {
    for (const [path, { type }] of this.#expected) this.#find('tree-missing', path, `a ${type}`, 'nothing');
    return this.#findings;
  }

  #facts({ path, mode = '', uid, gid, mtime = '', type }: Entry, stats: BigIntStats): void {
    const { owners, lessened } = this.#options;
    const expectedMode = lessened.has(path) ? Number.parseInt(mode, 8) & 0o1777 : Number.parseInt(mode, 8);
    if (type !== 'symlink')
      this.#same('tree-mode', path, octal(expectedMode), octal(Number(stats.mode & 0o7777n)));
    if (owners) this.#same('tree-owner', path, `${uid}:${gid}`, `${stats.uid}:${stats.gid}`);
    const offBy = stats.mtimeNs - BigInt(mtime);
    if (offBy !== 0n && (isExact || offBy > 1000n || offBy < -1000n))
      this.#find('tree-time', path, mtime, String(stats.mtimeNs));
  }

  #link({ path, link = '' }: Entry, stats: BigIntStats): void {
    const first = this.#inodes.get(link);
    if (first !== stats.ino) this.#find('tree-hard-link', path, `the same file as ${link}`, 'another file');
  }

  #content({ path, size = 0, sha256 = '', sparse }: Entry, full: Buffer, stats: BigIntStats): void {
    this.files++;
    this.bytes += size;
    if (stats.size !== BigInt(size)) {
      this.#find('tree-size', path, `${size} bytes`, `${stats.size} bytes`);
      return;
    }
    this.#same('tree-content', path, sha256, hashFile(full, size));
    const data = sparse?.reduce((sum, [, length]) => sum + length, 0);
    if (data !== undefined && size - data > 2 * HOLE_SLACK && Number(stats.blocks) * 512 > data + HOLE_SLACK)
      this.#find(
        'tree-sparse',
        path,
        `about ${data} bytes on disk`,
        `${Number(stats.blocks) * 512} bytes on disk`,
      );
  }

  #same(name: string, path: string, expected: string, observed: string): void {
    if (expected !== observed) this.#find(name, path, expected, observed);
  }

  #find(name: string, where: string, expected: string, observed: string): void {
    this.#findings.push({ name, where, expected, observed, because: becauseOf(name, where, observed) });
  }
}

function becauseOf(name: string, path: string, observed: string): Because {
  if (name === 'tree-extra') return because('tree.extra', { path });
  if (name === 'tree-missing') return because('tree.missing', { path });
  if (name === 'tree-content') return because('tree.content', { path });
  if (name === 'tree-unreadable') return because('tree.unreadable', { path, cause: observed });
  return because('tree.differs', { path, property: name.slice('tree-'.length) });
}

function hashFile(full: Buffer, size: number): string {
  if (size <= ONE_SHOT_BYTES) return hash('sha256', readFileSync(full));
  const fd = openSync(full, 'r');
  try {
    const sum = createHash('sha256');
    const piece = Buffer.allocUnsafe(1 << 20);
    for (let read = -1; read !== 0; ) {
      read = readSync(fd, piece, 0, piece.length, null);
      sum.update(piece.subarray(0, read));
    }
    return sum.digest('hex');
  } finally {
    closeSync(fd);
  }
}

function kindOf(stats: BigIntStats): string {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  return stats.isCharacterDevice() ? 'character' : 'block';
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
