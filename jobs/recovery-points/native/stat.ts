/** Facts of files as the kernel gives them, without a number made of what nobody asks for. Laid out as `struct statx`. */
import { type BigIntStats, constants, fstatSync, lstatSync } from 'node:fs';
import { addressOf, loadCalls } from './library.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_EMPTY_PATH = 0x1000;
const STATX_BASIC_STATS = 0x7ff;
/** Of the structure, which is the same on every machine. Source: statx(2). */
const BYTES = 256;
const AT = { nlink: 16, uid: 20, gid: 24, mode: 28, ino: 32, size: 40, blocks: 48, ctime: 96, mtime: 112 };
const [RDEV, DEV] = [128, 136];
const NANOSECONDS = 8;
const PATH_BYTES = 16 << 10;
const TWO_TO_32 = 2 ** 32;

const calls = loadCalls({
  statx: { arguments: ['i32', 'pointer', 'i32', 'u32', 'pointer'], return: 'i32' },
});
const path = Buffer.alloc(PATH_BYTES);
const pathAt = calls && addressOf(path);

/** One file's facts. Times are nanoseconds since 1970, as text. */
export class FileStats {
  readonly #facts: DataView;
  readonly #at: number;

  constructor(facts: DataView, at: number) {
    this.#facts = facts;
    this.#at = at;
  }

  /** The same in memory of its own. */
  copy(): FileStats {
    const { buffer, byteOffset } = this.#facts;
    const from = byteOffset + this.#at;
    return new FileStats(new DataView(buffer.slice(from, from + BYTES) as ArrayBuffer), 0);
  }

  get mode(): number {
    return this.#facts.getUint16(this.#at + AT.mode, true);
  }
  get nlink(): number {
    return this.#facts.getUint32(this.#at + AT.nlink, true);
  }
  get uid(): number {
    return this.#facts.getUint32(this.#at + AT.uid, true);
  }
  get gid(): number {
    return this.#facts.getUint32(this.#at + AT.gid, true);
  }
  get size(): number {
    return this.#large(AT.size);
  }
  get blocks(): number {
    return this.#large(AT.blocks);
  }
  get ino(): string {
    const isSmall = this.#facts.getUint32(this.#at + AT.ino + 4, true) === 0;
    return String(isSmall ? this.#large(AT.ino) : this.#facts.getBigUint64(this.#at + AT.ino, true));
  }
  get dev(): string {
    return this.#pair(DEV).join(':');
  }
  /** Major and minor number of a device. */
  get rdev(): [number, number] {
    return this.#pair(RDEV);
  }
  get mtime(): string {
    return this.#time(AT.mtime);
  }
  get ctime(): string {
    return this.#time(AT.ctime);
  }

  /** Whether it is the same file with the same size and times. */
  equals(other: FileStats): boolean {
    return (
      this.isSameFile(other) &&
      this.#isSame(AT.size, other) &&
      this.isSameTime('ctime', other) &&
      this.isSameTime('mtime', other)
    );
  }

  isSameFile(other: FileStats): boolean {
    return this.#isSame(AT.ino, other) && this.#isSame(DEV, other);
  }

  isSameTime(field: 'mtime' | 'ctime', other: FileStats): boolean {
    const fraction = AT[field] + NANOSECONDS;
    return (
      this.#isSame(AT[field], other) &&
      this.#facts.getUint32(this.#at + fraction, true) === other.#facts.getUint32(other.#at + fraction, true)
    );
  }

  isFile(): boolean {
    return this.#kind() === constants.S_IFREG;
  }
  isDirectory(): boolean {
    return this.#kind() === constants.S_IFDIR;
  }
  isSymbolicLink(): boolean {
    return this.#kind() === constants.S_IFLNK;
  }
  isFIFO(): boolean {
    return this.#kind() === constants.S_IFIFO;
  }
  isSocket(): boolean {
    return this.#kind() === constants.S_IFSOCK;
  }
  isCharacterDevice(): boolean {
    return this.#kind() === constants.S_IFCHR;
  }
  isBlockDevice(): boolean {
    return this.#kind() === constants.S_IFBLK;
  }

  #kind(): number {
    return this.mode & constants.S_IFMT;
  }

  #large(field: number): number {
    const low = this.#facts.getUint32(this.#at + field, true);
    return this.#facts.getUint32(this.#at + field + 4, true) * TWO_TO_32 + low;
  }

  #pair(field: number): [number, number] {
    return [this.#facts.getUint32(this.#at + field, true), this.#facts.getUint32(this.#at + field + 4, true)];
  }

  /** Eight bytes of each. */
  #isSame(field: number, other: FileStats): boolean {
    const [own, its] = [this.#at + field, other.#at + field];
    return (
      this.#facts.getUint32(own, true) === other.#facts.getUint32(its, true) &&
      this.#facts.getUint32(own + 4, true) === other.#facts.getUint32(its + 4, true)
    );
  }

  #time(field: number): string {
    const nanoseconds = this.#facts.getUint32(this.#at + field + NANOSECONDS, true);
    const high = this.#facts.getInt32(this.#at + field + 4, true);
    if (high < 0)
      return String(this.#facts.getBigInt64(this.#at + field, true) * 1_000_000_000n + BigInt(nanoseconds));
    const seconds = this.#large(field);
    return seconds === 0 ? String(nanoseconds) : `${seconds}${String(nanoseconds).padStart(9, '0')}`;
  }
}

/** Facts of so many files, in memory that can be handed to another thread. */
export class StatsTable {
  readonly memory: ArrayBuffer;
  readonly #facts: DataView;
  readonly #address: bigint | null;

  constructor(memory: ArrayBuffer) {
    this.memory = memory;
    this.#facts = new DataView(memory);
    this.#address = calls && addressOf(Buffer.from(memory));
  }

  static for(count: number): StatsTable {
    return new StatsTable(new ArrayBuffer(count * BYTES));
  }

  at(index: number): FileStats {
    return new FileStats(this.#facts, index * BYTES);
  }

  /** Looks at what a path names, not through a link. Throws the system's error. */
  look(index: number, full: Buffer): FileStats {
    const at = index * BYTES;
    if (!this.#ask(AT_FDCWD, full, AT_SYMLINK_NOFOLLOW, at))
      fill(this.#facts, at, lstatSync(full, { bigint: true }));
    return new FileStats(this.#facts, at);
  }

  /** Looks at an open file. */
  lookAtOpen(index: number, fd: number): FileStats {
    const at = index * BYTES;
    if (!this.#ask(fd, EMPTY, AT_EMPTY_PATH, at)) fill(this.#facts, at, fstatSync(fd, { bigint: true }));
    return new FileStats(this.#facts, at);
  }

  #ask(fd: number, full: Buffer, flags: number, at: number): boolean {
    if (!calls || pathAt === null || this.#address === null || full.length >= PATH_BYTES) return false;
    full.copy(path);
    path[full.length] = 0;
    return calls.statx(fd, pathAt, flags, STATX_BASIC_STATS, this.#address + BigInt(at)) === 0;
  }
}

const EMPTY = Buffer.alloc(0);
const own = StatsTable.for(1);

/** Facts of an open file. They are good until the next call. */
export function statOpen(fd: number): FileStats {
  return own.lookAtOpen(0, fd);
}

/** As the kernel would have, where it cannot be asked directly. */
function fill(facts: DataView, at: number, stats: BigIntStats): void {
  const { nlink, uid, gid, mode, ino, size, blocks, ctimeNs, mtimeNs, rdev, dev } = stats;
  for (const [field, value] of [
    [AT.nlink, nlink],
    [AT.uid, uid],
    [AT.gid, gid],
  ] as const)
    facts.setUint32(at + field, Number(value), true);
  facts.setUint16(at + AT.mode, Number(mode), true);
  for (const [field, value] of [
    [AT.ino, ino],
    [AT.size, size],
    [AT.blocks, blocks],
  ] as const)
    facts.setBigUint64(at + field, BigInt.asUintN(64, value), true);
  for (const [field, value] of [
    [AT.ctime, ctimeNs],
    [AT.mtime, mtimeNs],
  ] as const) {
    const fraction = ((value % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    facts.setBigInt64(at + field, (value - fraction) / 1_000_000_000n, true);
    facts.setUint32(at + field + NANOSECONDS, Number(fraction), true);
  }
  for (const [field, value] of [
    [RDEV, rdev],
    [DEV, dev],
  ] as const) {
    const [major, minor] = numbersOf(value);
    facts.setUint32(at + field, major, true);
    facts.setUint32(at + field + 4, minor, true);
  }
}

/** Major and minor number, as Linux packs them. */
function numbersOf(device: bigint): [number, number] {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return [Number(major & 0xffffffffn), Number(minor & 0xffffffffn)];
}
