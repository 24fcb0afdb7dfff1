/** Writes entries as a tree of files below one folder that was empty. Never outside it, never through a link. */
import {
  chmodSync,
  closeSync,
  constants,
  ftruncateSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeSync,
} from 'node:fs';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Entry } from '../manifest.ts';
import { decodePath } from '../paths.ts';
import type { EntrySink } from './member-check.ts';
import { makeNode, setMtime } from './native.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const SPECIAL_BITS = 0o6000;

/** What could not be given back as it was. */
export type Shortfall = { path: string; reason: string };

/**
 * The writing end of a restore. Files are written as they come; links, special files and the rights and times of
 * folders wait for `finish`, so that nothing is ever written through a link or refused by a folder's own mode.
 */
export class TreeWriter implements EntrySink {
  /** Everything that could not be given back as it was; `unmade` are those that are not there at all. */
  readonly shortfalls: Shortfall[] = [];
  readonly unmade: Shortfall[] = [];
  entries = 0;
  readonly #root: Buffer;
  readonly #later: Entry[] = [];
  readonly #folders: Entry[] = [];
  #entry: Entry | null = null;
  #fd: number | null = null;

  constructor(root: string) {
    this.#root = Buffer.from(root);
  }

  begin(entry: Entry): void {
    this.#entry = entry;
    this.entries++;
    if (entry.type === 'directory') this.#folder(entry);
    else if (entry.type === 'file') this.#fd = openSync(this.#pathOf(entry.path), CREATE, 0o600);
    else this.#later.push(entry);
  }

  data(bytes: Buffer, position: number): void {
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#fd!, bytes, at, bytes.length - at, position + at);
  }

  end(): void {
    const entry = this.#entry!;
    if (this.#fd === null) return;
    if (entry.sparse) ftruncateSync(this.#fd, entry.size);
    closeSync(this.#fd);
    this.#fd = null;
    this.#dress(entry);
  }

  /** Makes what had to wait. Folders come last, the deepest first. */
  finish(): void {
    for (const entry of this.#later) this.#special(entry);
    for (const entry of this.#folders.reverse()) this.#dress(entry);
  }

  /** Lets go of a half-written file. */
  abandon(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #folder(entry: Entry): void {
    if (entry.path !== '.') mkdirSync(this.#pathOf(entry.path), 0o700);
    this.#folders.push(entry);
  }

  #special(entry: Entry): void {
    const { path, type, link = '', device = [0, 0] } = entry;
    if (type === 'link') {
      linkSync(this.#pathOf(link), this.#pathOf(path));
      return;
    }
    if (type === 'symlink') symlinkSync(decodePath(link), this.#pathOf(path));
    else if (!makeNode(this.#pathOf(path), type as 'fifo' | 'character' | 'block', device)) {
      const shortfall = { path, reason: `a ${type} could not be made by this user on this machine` };
      this.shortfalls.push(shortfall);
      this.unmade.push(shortfall);
      return;
    }
    this.#dress(entry);
  }

  /** Owner, then mode, which a change of owner would clear in part, then time. */
  #dress(entry: Entry): void {
    const path = this.#pathOf(entry.path);
    const mode = Number.parseInt(entry.mode!, 8);
    const isOwned = this.#chown(entry, path);
    // A program that runs as its owner must not run as somebody else.
    const kept = isOwned ? mode : mode & ~SPECIAL_BITS;
    if (entry.type !== 'symlink') chmodSync(path, kept);
    if (kept !== mode && entry.type !== 'symlink')
      this.#missing(entry.path, 'its set-user or set-group bit was left off');
    setMtime(path, BigInt(entry.mtime!));
  }

  #chown({ path, uid = 0, gid = 0 }: Entry, full: Buffer): boolean {
    if (process.geteuid?.() === uid && process.getegid?.() === gid && uid !== 0) return true;
    try {
      lchownSync(full, uid, gid);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EPERM' && code !== 'EINVAL') throw error;
      this.#missing(path, `its owner ${uid}:${gid} could not be set by this user`);
      return false;
    }
  }

  #missing(path: string, reason: string): void {
    this.shortfalls.push({ path, reason });
  }

  #pathOf(path: string): Buffer {
    if (path === '.') return this.#root;
    const below = decodePath(path);
    if (below.includes('/../') || below.indexOf('../') === 0 || below[0] === 0x2f)
      throw new EngineError(
        'data',
        because('manifest.bad-entry', { path }),
        `${path} leads outside the folder.`,
        { where: path },
      );
    return Buffer.concat([this.#root, Buffer.from('/'), below]);
  }
}
