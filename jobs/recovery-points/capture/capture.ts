/** Captures a tree as a tar stream and a list of entries. Nothing at the source may make it crash or pass for good. */
import { type BigIntStats, closeSync, constants, fstatSync, openSync, readlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Progress, Reservation } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { type Entry, entryLine } from '../manifest.ts';
import type { Packer } from '../packs/packer.ts';
import { encodePath } from '../paths.ts';
import { type MemberType, memberHeader, sparseMap } from '../tar/header.ts';
import { ContentCopy, type Copied, NothingRead } from './content.ts';
import { deviceOf, typeOf } from './kinds.ts';
import { readOwners } from './owners.ts';
import { causeOf, inWords, isErrno, judge, type Reserved, whyNot } from './reservations.ts';
import { findSegments } from './sparse.ts';
import { type Found, walk } from './walk.ts';

const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** How long other work (uploads, an abort) may have to wait. */
const SLICE_MS = 15;
const PROGRESS_MS = 200;
/** Enough for two zero blocks, which end a tar stream. */
const END_BYTES = 1024;

export interface Captured {
  lines: string[];
  reservations: Reservation[];
  files: number;
  bytes: number;
}

export interface CaptureOptions {
  packer: Packer;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Walks the tree, writes it to the packer, and answers what was found. */
export async function captureTree(root: Buffer, options: CaptureOptions): Promise<Captured> {
  const capture = new Capture(options.packer);
  let sliceEnds = performance.now() + SLICE_MS;
  let nextProgress = 0;
  for (const found of walk(root)) {
    if (options.packer.isFull) await options.packer.ready();
    await capture.take(found);
    const now = performance.now();
    if (now < sliceEnds) continue;
    if (now > nextProgress) {
      options.onProgress?.(capture.progress());
      nextProgress = now + PROGRESS_MS;
    }
    await setImmediate();
    options.signal?.throwIfAborted();
    sliceEnds = performance.now() + SLICE_MS;
  }
  options.packer.zeros(END_BYTES);
  options.onProgress?.(capture.progress());
  return capture.captured;
}

class Capture {
  readonly captured: Captured = { lines: [], reservations: [], files: 0, bytes: 0 };
  readonly #packer: Packer;
  readonly #owners = readOwners();
  /** Path of the first stored name of each file that has several. */
  readonly #firstNames = new Map<string, Buffer>();

  constructor(packer: Packer) {
    this.#packer = packer;
  }

  progress(): Progress {
    return { phase: 'pack', files: this.captured.files, bytes: this.captured.bytes, totalBytes: null };
  }

  async take(found: Found): Promise<void> {
    const { stats } = found;
    if (!stats) return this.#note({ path: encodePath(found.path), type: 'unknown' }, whyNot(found.failure));
    if (stats.isSocket())
      return this.#note(this.#entry(found, stats, 'socket'), {
        kind: 'skipped',
        ...because('capture.socket', {}),
        reason: 'a socket has no content',
      });

    const identity = `${stats.dev}:${stats.ino}`;
    const first = stats.isDirectory() || stats.nlink < 2n ? undefined : this.#firstNames.get(identity);
    if (first) return this.#store({ ...found, stats }, 'link', first);
    const wasStored = stats.isFile() ? await this.#file(found, stats) : this.#other(found, stats);
    if (wasStored && stats.nlink > 1n && !stats.isDirectory()) this.#firstNames.set(identity, found.path);
  }

  #other(found: Found, stats: BigIntStats): boolean {
    const type = typeOf(stats);
    if (!type) {
      this.#note(this.#entry(found, stats, 'unknown'), {
        kind: 'skipped',
        ...because('capture.unknown-kind', {}),
        reason: 'of a kind that cannot be stored',
      });
      return false;
    }
    try {
      const link = type === 'symlink' ? readlinkSync(found.full, { encoding: 'buffer' }) : null;
      this.#store({ ...found, stats }, type, link);
      return true;
    } catch (error) {
      this.#note(this.#entry(found, stats, type), whyNot(error as NodeJS.ErrnoException));
      return false;
    }
  }

  #store(
    { path, full, stats, failure }: Found & { stats: BigIntStats },
    type: MemberType,
    link: Buffer | null,
  ): void {
    const entry = this.#entry({ path, full, stats, failure }, stats, type);
    if (link) entry.link = encodePath(link);
    const begin = this.#packer.written;
    const position = this.#packer.position;
    this.#packer.write(
      memberHeader({
        ...this.#facts(path, stats),
        type,
        link,
        size: 0,
        device: entry.device ?? null,
        sparse: null,
      }),
    );
    Object.assign(entry, position, { span: this.#packer.written - begin });
    this.#note(
      entry,
      failure && {
        kind: 'unreadable',
        ...because('capture.folder-not-listed', { cause: causeOf(failure) }),
        reason: `the folder cannot be listed: ${inWords(failure)}`,
      },
    );
  }

  /** Stores one file, and answers whether anything of it was stored. */
  async #file(found: Found, listed: BigIntStats): Promise<boolean> {
    let fd: number;
    try {
      fd = openSync(found.full, OPEN);
    } catch (error) {
      this.#note(this.#entry(found, listed, 'file'), whyNot(error as NodeJS.ErrnoException));
      return false;
    }
    try {
      return await this.#openFile(found, fd);
    } finally {
      closeSync(fd);
    }
  }

  async #openFile(found: Found, fd: number): Promise<boolean> {
    const stats = fstatSync(fd, { bigint: true });
    const entry = this.#entry(found, stats, 'file');
    if (!stats.isFile()) {
      this.#note(entry, {
        kind: 'torn',
        ...because('capture.became-other', {}),
        reason: 'it was replaced by something that is not a file',
      });
      return false;
    }
    this.#packer.reserve(8 * 1024);
    const begin = this.#packer.written;
    const position = this.#packer.position;
    try {
      const copied = await this.#content(found.path, fd, stats, entry);
      Object.assign(entry, { sha256: copied.sha256 }, position, { span: this.#packer.written - begin });
      this.#note(entry, judge(copied, stats, fstatSync(fd, { bigint: true }), fd));
      return true;
    } catch (error) {
      if (error instanceof NothingRead) this.#packer.rewind(begin);
      else if (this.#packer.written !== begin || !isErrno(error)) throw error;
      this.#note(
        entry,
        whyNot((error instanceof NothingRead ? error.cause : error) as NodeJS.ErrnoException),
      );
      return false;
    }
  }

  async #content(path: Buffer, fd: number, stats: BigIntStats, entry: Entry): Promise<Copied> {
    const size = Number(stats.size);
    const segments = stats.blocks * 512n < stats.size ? findSegments(fd, size) : null;
    const facts = this.#facts(path, stats);
    if (segments) {
      entry.sparse = segments;
      const map = sparseMap(segments);
      const stored = map.length + segments.reduce((sum, [, length]) => sum + length, 0);
      const sparse = { realSize: size };
      this.#packer.write(
        memberHeader({ ...facts, type: 'file', link: null, size: stored, device: null, sparse }),
      );
      this.#packer.write(map);
    } else
      this.#packer.write(
        memberHeader({ ...facts, type: 'file', link: null, size, device: null, sparse: null }),
      );
    const copy = new ContentCopy(fd, size, this.#packer, segments);
    while (!copy.step()) if (this.#packer.isFull) await this.#packer.ready();
    return copy.finish();
  }

  #facts(path: Buffer, stats: BigIntStats) {
    const uid = Number(stats.uid);
    const gid = Number(stats.gid);
    const owner = { uid, gid, user: this.#owners.user(uid), group: this.#owners.group(gid) };
    return { path, mode: Number(stats.mode & 0o7777n), ...owner, mtimeNs: stats.mtimeNs };
  }

  #entry({ path }: Found, stats: BigIntStats, type: Entry['type']): Entry {
    const { mode, uid, gid, user, group, mtimeNs } = this.#facts(path, stats);
    return {
      path: encodePath(path),
      type,
      ...(type === 'file' && { size: Number(stats.size) }),
      mode: mode.toString(8).padStart(4, '0'),
      uid,
      gid,
      ...(user && { user }),
      ...(group && { group }),
      mtime: String(mtimeNs),
      ...((type === 'character' || type === 'block') && { device: deviceOf(stats.rdev) }),
    };
  }

  #note(entry: Entry, reservation: Reserved | null): void {
    if (reservation) {
      entry.reservation = { kind: reservation.kind, reason: reservation.reason };
      this.captured.reservations.push({ path: entry.path, ...reservation });
    }
    if (entry.type === 'file' && entry.span !== undefined) {
      this.captured.files++;
      this.captured.bytes += entry.size ?? 0;
    }
    this.captured.lines.push(entryLine(entry));
  }
}
