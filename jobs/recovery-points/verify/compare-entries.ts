/** Compares what is on disk with entries of the manifest, reading every file back. */
import { createHash, hash } from 'node:crypto';
import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { type Because, because } from '../finding-codes.ts';
import type { Entry } from '../manifest/entry.ts';
import { entriesIn } from '../manifest/line-buffer.ts';
import { isExact } from '../native/files.ts';
import { hasXattrs, readXattrs, readXattrsOf, type Xattrs } from '../native/xattrs.ts';
import { encodePath } from '../paths.ts';
import { pathBelow } from '../restore/file-writer.ts';
import type { Finding } from './ledger.ts';

/** A file system may round a hole's edges to its own blocks. */
const HOLE_SLACK = 1 << 20;
const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const piece = Buffer.allocUnsafeSlow(1 << 20);

export interface CompareOptions {
  /** Whether owners could be set, and so must be right. */
  owners: boolean;
  /** Paths of which the restore told that they are not as they were. */
  lessened: Set<string>;
}

export interface CompareRequest {
  root: string;
  /** Lines of the manifest put together. */
  lines: Uint8Array;
  options: CompareOptions;
}

/** Names everything about the entries that is different on disk. What is there too much is not looked for. */
export function compareEntries({ root, lines, options }: CompareRequest) {
  const comparison = new Comparison(root, options);
  for (const entry of entriesIn(lines)) comparison.look(entry);
  const { findings, files, bytes } = comparison;
  return { findings, files, bytes };
}

class Comparison {
  readonly findings: Finding[] = [];
  files = 0;
  bytes = 0;
  readonly #root: string;
  readonly #options: CompareOptions;

  constructor(root: string, options: CompareOptions) {
    this.#root = root;
    this.#options = options;
  }

  look(entry: Entry): void {
    const { path, type } = entry;
    const full = pathBelow(this.#root, path);
    try {
      if (type === 'file') this.#file(entry, full);
      else this.#other(entry, full, lstatSync(full, { bigint: true }));
    } catch (error) {
      const { code = 'EIO' } = error as NodeJS.ErrnoException;
      // What is missing is found by its name.
      if (code !== 'ENOENT' && code !== 'ENOTDIR') this.#find('tree-unreadable', path, 'readable', code);
    }
  }

  /** Through one open file, which is quicker than by its path again and again. */
  #file(entry: Entry, full: Buffer): void {
    let fd: number;
    try {
      fd = openSync(full, OPEN);
    } catch (error) {
      const found = kindOf(lstatSync(full, { bigint: true }));
      if (found === 'file') throw error;
      this.#find('tree-type', entry.path, 'file', found);
      return;
    }
    try {
      const stats = fstatSync(fd, { bigint: true });
      if (!stats.isFile()) {
        this.#find('tree-type', entry.path, 'file', kindOf(stats));
        return;
      }
      this.#facts(entry, stats);
      if (this.#hasXattrs(entry)) this.#xattrs(entry, readXattrsOf(fd));
      this.#content(entry, fd, stats);
    } finally {
      closeSync(fd);
    }
  }

  #other(entry: Entry, full: Buffer, stats: BigIntStats): void {
    const { path, type, link = '' } = entry;
    if (type === 'link') this.#link(entry, stats);
    else if (kindOf(stats) !== type) this.#find('tree-type', path, type, kindOf(stats));
    else {
      this.#facts(entry, stats);
      if (this.#hasXattrs(entry)) this.#xattrs(entry, readXattrs(full));
      if (type === 'symlink')
        this.#same('tree-link', path, link, encodePath(readlinkSync(full, { encoding: 'buffer' })));
    }
  }

  #hasXattrs({ path }: Entry): boolean {
    return hasXattrs && !this.#options.lessened.has(path);
  }

  #facts({ path, mode = '', uid, gid, mtime = '', type }: Entry, stats: BigIntStats): void {
    const { owners, lessened } = this.#options;
    const bits = lessened.has(path) ? 0o1777 : 0o7777;
    const [expected, found] = [Number.parseInt(mode, 8) & bits, Number(stats.mode) & bits];
    if (type !== 'symlink') this.#same('tree-mode', path, octal(expected), octal(found));
    if (owners) this.#same('tree-owner', path, `${uid}:${gid}`, `${stats.uid}:${stats.gid}`);
    const observed = String(stats.mtimeNs);
    if (observed === mtime) return;
    const offBy = stats.mtimeNs - BigInt(mtime);
    if (isExact || offBy > 1000n || offBy < -1000n) this.#find('tree-time', path, mtime, observed);
  }

  #xattrs({ path, xattrs = {} }: Entry, onDisk: Xattrs | null): void {
    const found = new Map(
      onDisk?.map(([name, value]) => [encodePath(Buffer.from(name, 'latin1')), value.toString('base64')]),
    );
    for (const [name, value] of Object.entries(xattrs))
      if (found.get(name) !== value) this.#find('tree-attribute', path, name, 'another value or none');
    for (const name of found.keys())
      if (!(name in xattrs)) this.#find('tree-attribute', path, 'no such attribute', name);
  }

  #link({ path, link = '' }: Entry, stats: BigIntStats): void {
    const first = lstatSync(pathBelow(this.#root, link), { bigint: true, throwIfNoEntry: false });
    if (first?.ino !== stats.ino || first.dev !== stats.dev)
      this.#find('tree-hard-link', path, `the same file as ${link}`, 'another file');
  }

  #content({ path, size = 0, sha256 = '', sparse }: Entry, fd: number, stats: BigIntStats): void {
    this.files++;
    this.bytes += size;
    if (stats.size !== BigInt(size)) {
      this.#find('tree-size', path, `${size} bytes`, `${stats.size} bytes`);
      return;
    }
    this.#same('tree-content', path, sha256, hashFile(fd, size));
    const data = sparse?.reduce((sum, [, length]) => sum + length, 0);
    const onDisk = Number(stats.blocks) * 512;
    if (data !== undefined && size - data > 2 * HOLE_SLACK && onDisk > data + HOLE_SLACK)
      this.#find('tree-sparse', path, `about ${data} bytes on disk`, `${onDisk} bytes on disk`);
  }

  #same(name: string, path: string, expected: string, observed: string): void {
    if (expected !== observed) this.#find(name, path, expected, observed);
  }

  #find(name: string, where: string, expected: string, observed: string): void {
    this.findings.push(findingOf(name, where, expected, observed));
  }
}

/** A difference, or what this user may not look at: that tells nothing of the data. */
export function findingOf(name: string, where: string, expected: string, observed: string): Finding {
  const isUnsure = name === 'tree-unreadable' && observed === 'EACCES';
  return { name, where, expected, observed, because: becauseOf(name, where, observed), isUnsure };
}

/** What a finding of a tree is to people. */
function becauseOf(name: string, path: string, observed: string): Because {
  if (name === 'tree-extra') return because('tree.extra', { path });
  if (name === 'tree-missing') return because('tree.missing', { path });
  if (name === 'tree-content') return because('tree.content', { path });
  if (name === 'tree-unreadable') return because('tree.unreadable', { path, cause: observed });
  return because('tree.differs', { path, property: name.slice('tree-'.length) });
}

function hashFile(fd: number, size: number): string {
  if (size < piece.length) return hash('sha256', piece.subarray(0, readSync(fd, piece, 0, piece.length, 0)));
  const sum = createHash('sha256');
  for (let read = -1; read !== 0; ) {
    read = readSync(fd, piece, 0, piece.length, null);
    sum.update(piece.subarray(0, read));
  }
  return sum.digest('hex');
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
