/** Captures a tree as a tar stream and a manifest. Nothing at the source may make it crash or pass for good. */
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Progress, Reservation } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { type Entry, entryLine, factsOf } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { ManifestWriter } from '../manifest/writer.ts';
import { type FileStats, statOpen } from '../native/stat.ts';
import { hasXattrs, isTooMuch, readXattrs, readXattrsOf, type Xattrs } from '../native/xattrs.ts';
import type { Packer } from '../packs/packer.ts';
import { encodePath } from '../paths.ts';
import { type MemberType, memberHeader, sparseMap } from '../tar/header.ts';
import { BaseLines, indexContent } from './base.ts';
import { ContentCopy, type Copied, hashFile, NothingRead } from './content.ts';
import { type ContentIndex, type Known, LARGE_BYTES } from './content-index.ts';
import { typeOf } from './kinds.ts';
import { readOwners } from './owners.ts';
import {
  isErrno,
  judge,
  NO_ATTRIBUTES,
  notListed,
  type Reserved,
  TOO_MANY_ATTRIBUTES,
  whyNot,
  whyNotOf,
} from './reservations.ts';
import type { Scan } from './scan.ts';
import { findSegments } from './sparse.ts';
import type { Found } from './walk.ts';

const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** How long other work (uploads, an abort) may have to wait. */
const SLICE_MS = 15;
const PROGRESS_MS = 200;
/** Enough for two zero blocks, which end a tar stream. */
const END_BYTES = 1024;
/** A file of less is read once and taken back if it is known; a larger one is hashed first if its size is known. */
const REWIND_BYTES = LARGE_BYTES;
const HEADER_ROOM = 64 << 10;
/** Each run reads one of so many parts of the unchanged files again, to find what changed without a trace. */
const REREAD_PARTS = 30;
const DAY_MS = 86_400_000;
/** In place of a SHA-256. */
const CHANGED = 'changed';

export interface Captured {
  reservations: Reservation[];
  files: number;
  bytes: number;
  /** Files that were read, whether their content was new or not. */
  read: number;
  /** Files whose content is another although size, times and inode are as before. */
  changedUnseen: string[];
  /** What the rules left out: things met, not what lies below them. */
  leftOut: number;
}

export interface CaptureOptions {
  packer: Packer;
  manifest: ManifestWriter;
  /** Null: everything is stored anew. */
  base: Manifest | null;
  now: Date;
  /** Bytes per second, or null. */
  readLimit: number | null;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Writes a scanned tree to packer and manifest, and answers what was found. */
export async function captureTree(scan: Scan, options: CaptureOptions): Promise<Captured> {
  const { packer, readLimit, onProgress, signal } = options;
  const capture = new Capture(options);
  const began = performance.now();
  let sliceEnds = began + SLICE_MS;
  let nextProgress = 0;
  const pause = async (now: number) => {
    if (now > nextProgress) {
      onProgress?.(capture.progress());
      nextProgress = now + PROGRESS_MS;
    }
    const ahead = readLimit === null ? 0 : (capture.bytesRead / readLimit) * 1000 - (now - began);
    await (ahead > 0 ? sleep(Math.min(ahead, 1000)) : setImmediate());
    signal?.throwIfAborted();
    sliceEnds = performance.now() + SLICE_MS;
  };
  for await (const batch of scan.batches())
    for (const found of batch) {
      if (packer.isFull) await packer.ready();
      await capture.take(found);
      const now = performance.now();
      if (now > sliceEnds) await pause(now);
    }
  packer.zeros(END_BYTES);
  capture.letGo();
  onProgress?.(capture.progress());
  return { ...capture.captured, leftOut: scan.leftOut };
}

class Capture {
  readonly captured: Captured = {
    reservations: [],
    files: 0,
    bytes: 0,
    read: 0,
    changedUnseen: [],
    leftOut: 0,
  };
  bytesRead = 0;
  readonly #options: CaptureOptions;
  readonly #packer: Packer;
  readonly #base: BaseLines | null;
  readonly #known: ContentIndex;
  readonly #owners = readOwners();
  readonly #part: number;
  /** Path of the first stored name of each file that has several. */
  readonly #firstNames = new Map<string, Buffer>();

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#packer = options.packer;
    this.#known = indexContent(options.base);
    this.#base = options.base && new BaseLines(options.base);
    this.#part = Math.floor(options.now.getTime() / DAY_MS) % REREAD_PARTS;
  }

  progress(): Progress {
    return { phase: 'pack', files: this.captured.files, bytes: this.captured.bytes, totalBytes: null };
  }

  /** After the last file. */
  letGo(): void {
    this.#known.letGo();
  }

  async take(found: Found<FileStats>): Promise<void> {
    const { stats } = found;
    const path = encodePath(found.path);
    if (!stats) return this.#note({ path, type: 'unknown' }, '', whyNot(found.failure));
    if (stats.isSocket()) return this.#skip({ path, type: 'socket' }, this.#facts(stats), 'socket');

    const hasNames = stats.nlink > 1 && !stats.isDirectory();
    const identity = hasNames ? `${stats.dev}:${stats.ino}` : '';
    const first = hasNames ? this.#firstNames.get(identity) : undefined;
    if (first) return this.#store({ ...found, stats }, path, 'link', first);
    const wasStored = stats.isFile()
      ? await this.#file({ ...found, stats }, path)
      : this.#other({ ...found, stats }, path);
    // A copy: the path lies in the memory of a whole batch.
    if (wasStored && hasNames) this.#firstNames.set(identity, Buffer.from(found.path));
  }

  #other(found: Seen, path: string): boolean {
    const type = typeOf(found.stats);
    if (!type) {
      this.#skip({ path, type: 'unknown' }, this.#facts(found.stats), 'kind');
      return false;
    }
    try {
      const link = type === 'symlink' ? readlinkSync(found.full, { encoding: 'buffer' }) : null;
      this.#store(found, path, type, link);
      return true;
    } catch (error) {
      this.#note({ path, type }, this.#facts(found.stats), whyNot(error as NodeJS.ErrnoException));
      return false;
    }
  }

  /** Stores a member without content. These are small, and stored anew by each run. */
  #store(
    { path: bytes, full, stats, failure }: Seen,
    path: string,
    type: MemberType,
    link: Buffer | null,
  ): void {
    const { xattrs, lost } = keep(type === 'link' ? null : readXattrs(full));
    const device = type === 'character' || type === 'block' ? stats.rdev : null;
    const begin = this.#packer.written;
    const { pack, offset } = this.#packer.position;
    this.#packer.write(
      memberHeader({ ...this.#owned(bytes, stats), type, link, size: 0, device, sparse: null, xattrs }),
    );
    const entry: Entry = { path, type, at: [pack, offset, this.#packer.written - begin] };
    if (link) entry.link = encodePath(link);
    if (device) entry.device = device;
    if (xattrs) entry.xattrs = inBase64(xattrs);
    const unlisted = failure && notListed(failure);
    const unread = path === '.' && !hasXattrs ? NO_ATTRIBUTES : null;
    this.#note(entry, this.#facts(stats), unlisted ?? lost ?? unread);
  }

  /** Stores one file, and answers whether its content is in the packs. */
  async #file(found: Seen, path: string): Promise<boolean> {
    const { stats } = found;
    const facts = this.#facts(stats);
    const before = this.#base?.findFile(path) ?? null;
    // The facts stand at the end of a line, and only of one without a reservation.
    const isUnchanged = before?.endsWith(`${facts}}`);
    if (before && isUnchanged && crc32(path) % REREAD_PARTS !== this.#part) {
      this.#options.manifest.add(before);
      this.captured.files++;
      this.captured.bytes += stats.size;
      return true;
    }

    let fd: number;
    try {
      fd = openSync(found.full, OPEN);
    } catch (error) {
      this.#note({ path, type: 'file' }, facts, whyNot(error as NodeJS.ErrnoException));
      return false;
    }
    try {
      const isLarge = stats.size >= REWIND_BYTES;
      let seen = isLarge ? lookAgain(stats, fd) : stats;
      const store = () =>
        this.#openFile(
          { ...found, stats: seen },
          { path, facts: seen === stats ? facts : this.#facts(seen), before, mayRepeat: seen === stats },
          fd,
        );
      let sha256 = await store();
      if (sha256 === CHANGED) {
        seen = lookAgain(stats, fd);
        sha256 = await store();
      }
      const isSame = isUnchanged && seen === stats;
      if (before && isSame && sha256 !== null && !before.includes(`"sha256":"${sha256}"`))
        this.captured.changedUnseen.push(path);
      return sha256 !== null;
    } finally {
      closeSync(fd);
    }
  }

  /** Answers the file's SHA-256; null when nothing of it could be stored, `CHANGED` when nothing was and it may be read again. */
  async #openFile(
    found: Seen,
    { path, facts, before, mayRepeat }: OpenFile,
    fd: number,
  ): Promise<string | null> {
    const { stats } = found;
    const { size } = stats;
    const { xattrs, lost } = keep(readXattrsOf(fd));
    const isAlone = stats.nlink === 1 && xattrs === null && lost === null && size > 0;
    if (isAlone && size >= REWIND_BYTES && this.#known.hasSize(size)) {
      const sha256 = await hashFile(fd, size);
      this.captured.read++;
      this.bytesRead += size;
      const known = this.#known.find(sha256);
      if (known) return this.#cite({ path, facts, before, sha256, known, reserved: whole(stats, fd) });
    }

    const attributes = xattrs?.reduce((sum, [, value]) => sum + value.length, 0) ?? 0;
    this.#packer.reserve(Math.min(size, REWIND_BYTES) + attributes + HEADER_ROOM);
    const begin = this.#packer.written;
    const { pack, offset } = this.#packer.position;
    const entry: Entry = { path, type: 'file' };
    try {
      const copied = await this.#content(found, fd, xattrs, entry);
      const { sha256 } = copied;
      const after = statOpen(fd);
      if (mayRepeat && size < REWIND_BYTES && isNewer(stats, after)) {
        this.#packer.rewind(begin);
        return CHANGED;
      }
      this.captured.read++;
      this.bytesRead += size;
      const reserved = judge(copied, stats, after, fd) ?? lost;
      const known = isAlone && size < REWIND_BYTES && !reserved ? this.#known.find(sha256) : null;
      if (known) {
        this.#packer.rewind(begin);
        return this.#cite({ path, facts, before, sha256, known, reserved });
      }
      const at: [number, number, number] = [pack, offset, this.#packer.written - begin];
      Object.assign(entry, { sha256, at });
      if (isAlone && !reserved && !entry.sparse) this.#known.add(sha256, size, { at, path });
      this.#note(entry, facts, reserved);
      return sha256;
    } catch (error) {
      if (error instanceof NothingRead) this.#packer.rewind(begin);
      else if (this.#packer.written !== begin || !isErrno(error)) throw error;
      const failure = (error instanceof NothingRead ? error.cause : error) as NodeJS.ErrnoException;
      this.#note({ path, type: 'file' }, facts, whyNotOf(fd) ?? whyNot(failure));
      return null;
    }
  }

  /** Notes a file whose content lies in the packs already. */
  #cite({ path, facts, before, sha256, known, reserved }: Citation): string {
    if (before?.includes(`"sha256":"${sha256}"`) && before.endsWith(`${facts}}`) && !reserved) {
      this.#options.manifest.add(before);
      this.captured.files++;
      this.captured.bytes += sizeIn(facts);
    } else {
      const { at, path: copy } = known;
      this.#note({ path, type: 'file', sha256, at, copy }, facts, reserved);
    }
    return sha256;
  }

  async #content({ path, stats }: Seen, fd: number, xattrs: Xattrs | null, entry: Entry): Promise<Copied> {
    const { size } = stats;
    const segments = stats.blocks * 512 < size ? findSegments(fd, size) : null;
    const member = { ...this.#owned(path, stats), type: 'file' as const, link: null, device: null, xattrs };
    if (xattrs) entry.xattrs = inBase64(xattrs);
    if (segments) {
      entry.sparse = segments;
      const map = sparseMap(segments);
      const stored = map.length + segments.reduce((sum, [, length]) => sum + length, 0);
      this.#packer.write(memberHeader({ ...member, size: stored, sparse: { realSize: size } }));
      this.#packer.write(map);
    } else this.#packer.write(memberHeader({ ...member, size, sparse: null }));
    const copy = new ContentCopy(fd, size, this.#packer, segments);
    while (!copy.step()) if (this.#packer.isFull) await this.#packer.ready();
    return copy.finish();
  }

  #owned(path: Buffer, { uid, gid, mode, mtime }: FileStats) {
    const [user, group] = [this.#owners.user(uid), this.#owners.group(gid)];
    return { path, mode: mode & 0o7777, uid, gid, user, group, mtime };
  }

  #facts(stats: FileStats): string {
    const { uid, gid, mtime, ctime, ino } = stats;
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
    const [user, group] = [this.#owners.user(uid), this.#owners.group(gid)];
    const known = {
      mode,
      uid,
      gid,
      user,
      group,
      mtime,
      ctime,
      ino,
      ...(stats.isFile() && { size: stats.size }),
    };
    return factsOf({ ...known, path: '', type: 'file' });
  }

  #skip(entry: Entry, facts: string, why: 'socket' | 'kind'): void {
    this.#note(entry, facts, {
      kind: 'skipped',
      ...because(why === 'socket' ? 'capture.socket' : 'capture.unknown-kind', {}),
      reason: why === 'socket' ? 'a socket has no content' : 'of a kind that cannot be stored',
    });
  }

  #note(entry: Entry, facts: string, reserved: Reserved | null): void {
    if (reserved) {
      entry.reservation = reserved;
      this.captured.reservations.push({ path: entry.path, ...reserved });
    }
    if (entry.type === 'file' && entry.at) {
      this.captured.files++;
      this.captured.bytes += sizeIn(facts);
    }
    this.#options.manifest.add(entryLine(entry, facts));
  }
}

type Seen = Found<FileStats> & { stats: FileStats };

interface OpenFile {
  path: string;
  facts: string;
  /** The last point's line of this path, if any. */
  before: string | null;
  /** Whether it may have changed since the walk, and so is read again before it is called torn. */
  mayRepeat: boolean;
}

interface Citation {
  path: string;
  facts: string;
  /** The last point's line of this path, if any. */
  before: string | null;
  sha256: string;
  known: Known;
  reserved: Reserved | null;
}

/** Whether an open file is another than the walk saw, and can be taken as what it is now. */
function isNewer(before: FileStats, after: FileStats): boolean {
  const isAlone = after.nlink === 1 && before.nlink === 1;
  return !after.equals(before) && after.isFile() && (after.isSameFile(before) || isAlone);
}

/** What an open file is now; what the walk saw where that is still right, or says more. */
function lookAgain(before: FileStats, fd: number): FileStats {
  const after = statOpen(fd);
  return isNewer(before, after) ? after.copy() : before;
}

/** What is to be said of a file that was read in full. */
function whole(stats: FileStats, fd: number): Reserved | null {
  return judge({ sha256: '', isShort: false, failure: null }, stats, statOpen(fd), fd);
}

function sizeIn(facts: string): number {
  return Number(/"size":(\d+)/.exec(facts)?.[1]);
}

/** Attributes as they can be stored, and what is to be said when they cannot. */
function keep(xattrs: Xattrs | null): { xattrs: Xattrs | null; lost: Reserved | null } {
  return xattrs && isTooMuch(xattrs) ? { xattrs: null, lost: TOO_MANY_ATTRIBUTES } : { xattrs, lost: null };
}

function inBase64(xattrs: Xattrs): Record<string, string> {
  return Object.fromEntries(
    xattrs.map(([name, value]) => [encodePath(Buffer.from(name, 'latin1')), value.toString('base64')]),
  );
}
