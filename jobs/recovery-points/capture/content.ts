/** Copying a file's bytes into the tar stream while hashing them, whatever happens to the file meanwhile. */
import { createHash, type Hash, hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Packer } from '../packs/packer.ts';
import { padding } from '../tar/header.ts';

const ZEROS = Buffer.alloc(1 << 16);
const piece = Buffer.allocUnsafeSlow(1 << 20);

/** A file could not be read at all: nothing of it was written. */
export class NothingRead extends Error {}

/** SHA-256 of an open file, up to the given size. */
export async function hashFile(fd: number, size: number): Promise<string> {
  const sum = createHash('sha256');
  for (let at = 0; at < size; ) {
    const read = readSync(fd, piece, 0, Math.min(piece.length, size - at), at);
    if (read === 0) break;
    sum.update(piece.subarray(0, read));
    at += read;
    await setImmediate();
  }
  return sum.digest('hex');
}

/** What was seen while the bytes were copied. */
export interface Copied {
  sha256: string;
  /** The file ended before its declared size; zeros stand for the rest. */
  isShort: boolean;
  /** Reading broke off half-way; zeros stand for the rest. */
  failure: NodeJS.ErrnoException | null;
}

/** Copies the given stretches of an open file. Call `step` until it answers true; each call writes one slab at most. */
export class ContentCopy {
  readonly #fd: number;
  readonly #size: number;
  readonly #packer: Packer;
  readonly #segments: [number, number][];
  /** A sparse file's map is written before its first read, and cannot be taken back. */
  readonly #isSparse: boolean;
  #hash: Hash | null = null;
  #oneShot: string | null = null;
  #hashed = 0;
  #segment = 0;
  #done = 0;
  #stored = 0;
  #isShort = false;
  #failure: NodeJS.ErrnoException | null = null;

  constructor(fd: number, size: number, packer: Packer, sparse: [number, number][] | null) {
    this.#fd = fd;
    this.#size = size;
    this.#packer = packer;
    this.#isSparse = sparse !== null;
    this.#segments = sparse ?? [[0, size]];
  }

  step(): boolean {
    const [offset, length] = this.#segments[this.#segment] ?? [this.#size, 0];
    if (this.#done < length) this.#copy(offset + this.#done, length - this.#done);
    if (this.#done === length) {
      this.#segment++;
      this.#done = 0;
    }
    return this.#segment >= this.#segments.length;
  }

  finish(): Copied {
    this.#packer.zeros(padding(this.#stored));
    this.#hashZeros(this.#size - this.#hashed);
    const sha256 = this.#oneShot ?? (this.#hash ? this.#hash.digest('hex') : hash('sha256', ''));
    return { sha256, isShort: this.#isShort, failure: this.#failure };
  }

  #copy(position: number, wanted: number): void {
    const room = this.#packer.room(wanted);
    const read = this.#isShort || this.#failure ? 0 : this.#read(room, position);
    if (read === 0) room.fill(0);
    const copied = read === 0 ? room.length : read;
    this.#hashZeros(position - this.#hashed);
    this.#hashBytes(room.subarray(0, copied));
    this.#packer.advance(copied);
    this.#done += copied;
    this.#stored += copied;
  }

  #read(room: Buffer, position: number): number {
    try {
      const read = readSync(this.#fd, room, 0, room.length, position);
      if (read === 0) this.#isShort = true;
      return read;
    } catch (error) {
      if (this.#stored === 0 && !this.#isSparse)
        throw new NothingRead('nothing could be read', { cause: error });
      this.#failure = error as NodeJS.ErrnoException;
      return 0;
    }
  }

  #hashBytes(bytes: Buffer): void {
    // One call for a small file is a sixth faster than a hash object.
    if (bytes.length === this.#size) this.#oneShot = hash('sha256', bytes);
    else this.#openHash().update(bytes);
    this.#hashed += bytes.length;
  }

  #hashZeros(count: number): void {
    this.#hashed += count;
    for (let left = count; left > 0; left -= ZEROS.length)
      this.#openHash().update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }

  #openHash(): Hash {
    this.#hash ??= createHash('sha256');
    return this.#hash;
  }
}
