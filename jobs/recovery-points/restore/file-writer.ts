/** Writes files into folders that are there, each with its rights, attributes and time. Never through a link. */
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Entry } from '../manifest/entry.ts';
import { setMtimeOf } from '../native/files.ts';
import { setXattr } from '../native/xattrs.ts';
import { decodePath } from '../paths.ts';
import type { EntrySink } from './member-check.ts';

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const SPECIAL_BITS = 0o6000;
const [USER, GROUP] = [process.geteuid?.(), process.getegid?.()];

/** What could not be given back as it was. */
export type Shortfall = { path: string; reason: string };

export class FileWriter implements EntrySink {
  readonly shortfalls: Shortfall[] = [];
  readonly #root: string;
  #entry: Entry | null = null;
  #path: Buffer = Buffer.alloc(0);
  #fd: number | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  begin(entry: Entry): void {
    if (entry.type !== 'file') return;
    this.#entry = entry;
    this.#path = pathBelow(this.#root, entry.path);
    this.#fd = openSync(this.#path, CREATE, 0o600);
  }

  data(bytes: Buffer, position: number): void {
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.#fd!, bytes, at, bytes.length - at, position + at);
  }

  end(): void {
    if (this.#fd === null) return;
    const entry = this.#entry!;
    if (entry.sparse) ftruncateSync(this.#fd, entry.size);
    this.#dress(this.#fd, entry);
    closeSync(this.#fd);
    this.#fd = null;
  }

  /** Lets go of a half-written file, and of the file. */
  abandon(): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    unlinkSync(this.#path);
    this.#fd = null;
  }

  /** Owner, then attributes, while we may still write, then mode, which a change of owner would clear in part, then time. */
  #dress(fd: number, entry: Entry): void {
    const mode = Number.parseInt(entry.mode!, 8);
    const isOwned = this.#chown(fd, entry);
    const kept = isOwned ? mode : mode & ~SPECIAL_BITS;
    this.shortfalls.push(...setXattrs(this.#path, entry));
    fchmodSync(fd, kept);
    if (kept !== mode) this.#missing(entry.path, 'its set-user or set-group bit was left off');
    setMtimeOf(fd, this.#path, entry.mtime!);
  }

  #chown(fd: number, { path, uid = 0, gid = 0 }: Entry): boolean {
    if (USER === uid && GROUP === gid) return true;
    try {
      fchownSync(fd, uid, gid);
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

/** Whether the system only says that this user may not. */
export function isForbidden(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EPERM' || code === 'EINVAL';
}

/** Sets an entry's attributes, and answers those that could not be set. */
export function setXattrs(full: Buffer, { path, xattrs }: Entry): Shortfall[] {
  if (!xattrs) return [];
  const failed = Object.entries(xattrs).filter(
    ([name, value]) => !setXattr(full, decodePath(name).toString('latin1'), Buffer.from(value, 'base64')),
  );
  return failed.map(([name]) => ({ path, reason: `its attribute ${name} could not be set here` }));
}

/** The place of an entry below a folder. */
export function pathBelow(root: string, path: string): Buffer {
  if (path === '.') return Buffer.from(root);
  if (/^\/|(?:^|\/)\.\.(?:\/|$)/.test(path.includes('%') ? decodePath(path).toString('latin1') : path))
    throw new EngineError(
      'data',
      because('manifest.bad-entry', { path }),
      `${path} leads outside the folder.`,
      { where: path },
    );
  if (!path.includes('%')) return Buffer.from(`${root}/${path}`);
  return Buffer.concat([Buffer.from(`${root}/`), decodePath(path)]);
}
