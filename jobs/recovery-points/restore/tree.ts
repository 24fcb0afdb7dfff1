/** The frame of a restored tree: folders first, and after the files what must not be written through or into. */
import {
  chmodSync,
  constants,
  copyFileSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  symlinkSync,
} from 'node:fs';
import type { Entry } from '../manifest/entry.ts';
import { makeNode, setMtime } from '../native/files.ts';
import { decodePath } from '../paths.ts';
import { isForbidden, pathBelow, type Shortfall, setXattrs } from './file-writer.ts';
import type { ReadPlan } from './plan.ts';

const SPECIAL_BITS = 0o6000;
/** Nobody else may do anything with it. */
const OURS = 0o700;

/** What is made beside the files that are read. */
type Frame = Pick<ReadPlan, 'folders' | 'specials' | 'links' | 'copies'> &
  Partial<Pick<ReadPlan, 'there' | 'onFolder'>>;

export class TreeFrame {
  /** Everything that could not be given back as it was; `unmade` are those that are not there at all. */
  readonly shortfalls: Shortfall[] = [];
  readonly unmade: Shortfall[] = [];
  readonly #root: string;
  readonly #plan: Frame;

  constructor(root: string, plan: Frame) {
    this.#root = root;
    this.#plan = plan;
  }

  /** Makes all folders that are not there yet, open to ourselves alone until the end; and later those that come to be known. */
  begin(): void {
    const make = ({ path }: Entry) => path !== '.' && makeFolder(pathBelow(this.#root, path));
    this.#plan.folders.forEach(make);
    this.#plan.onFolder = make;
  }

  /** After the files: all the rest, then the rights and times of folders. */
  finish(): void {
    this.complete();
    this.dressFolders();
  }

  /** Copies, links and special files. */
  complete(): void {
    for (const entry of this.#plan.there ?? []) this.#dress(entry);
    for (const { entry, from } of this.#plan.copies) {
      copyContent(pathBelow(this.#root, from), pathBelow(this.#root, entry.path));
      this.#dress(entry);
    }
    for (const entry of this.#plan.specials) this.#special(entry);
    for (const { entry, to } of this.#plan.links)
      linkSync(pathBelow(this.#root, to), pathBelow(this.#root, entry.path));
  }

  /** Rights and times of folders, the deepest first, where the tree is now. */
  dressFolders({ root = this.#root, withRoot = true } = {}): void {
    for (const entry of this.#plan.folders.toReversed())
      if (withRoot || entry.path !== '.') this.#dress(entry, root);
  }

  #special(entry: Entry): void {
    const { path, type, link = '', device = [0, 0] } = entry;
    const full = pathBelow(this.#root, path);
    if (type === 'symlink') symlinkSync(decodePath(link), full);
    else if (!makeNode(full, type as 'fifo' | 'character' | 'block', device)) {
      const shortfall = { path, reason: `a ${type} could not be made by this user on this machine` };
      this.shortfalls.push(shortfall);
      this.unmade.push(shortfall);
      return;
    }
    this.#dress(entry);
  }

  /** Owner, then attributes, while we may write, then mode, which a change of owner would clear in part, then time. */
  #dress(entry: Entry, root = this.#root): void {
    const full = pathBelow(root, entry.path);
    const mode = Number.parseInt(entry.mode!, 8);
    const isSymlink = entry.type === 'symlink';
    const isOwned = this.#chown(entry, full);
    // A program that runs as its owner must not run as somebody else.
    const kept = isOwned ? mode : mode & ~SPECIAL_BITS;
    if (entry.xattrs && !isSymlink) chmodSync(full, OURS);
    this.shortfalls.push(...setXattrs(full, entry));
    if (!isSymlink) chmodSync(full, kept);
    if (kept !== mode && !isSymlink) this.#missing(entry.path, 'its set-user or set-group bit was left off');
    setMtime(full, entry.mtime!);
  }

  #chown({ path, uid = 0, gid = 0 }: Entry, full: Buffer): boolean {
    // Copying a file gives it the owner of the other, where we may do that; so then it is always set.
    const mayOwn = process.geteuid?.() === 0;
    if (!mayOwn && process.geteuid?.() === uid && process.getegid?.() === gid) return true;
    try {
      lchownSync(full, uid, gid);
      return true;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      this.#missing(path, `its owner ${uid}:${gid} could not be set by this user`);
      return false;
    }
  }

  #missing(path: string, reason: string): void {
    this.shortfalls.push({ path, reason });
  }
}

function makeFolder(full: Buffer): void {
  if (!lstatSync(full, { throwIfNoEntry: false })?.isDirectory()) mkdirSync(full, 0o700);
}

/** A file that has its rights already may be one that its owner may not read: then it is opened for this moment. */
function copyContent(from: Buffer, to: Buffer): void {
  const copy = () => copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  try {
    copy();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    const { mode } = lstatSync(from);
    chmodSync(from, OURS);
    try {
      copy();
    } finally {
      chmodSync(from, mode & 0o7777);
    }
  }
}
