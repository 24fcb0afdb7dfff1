/** Takes one long tar stream, cuts it into packs, has them compressed and sealed by worker threads, and publishes each. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../native/memory.ts';
import type { FromSealer, ToSealer } from './seal-worker.ts';
import { PACK_BYTES, packRoom, SLAB_BYTES, SLABS_IN_FLIGHT, UPLOADS_IN_FLIGHT, WORKERS } from './sizes.ts';
import { LEVELS } from './tuning.ts';

/** A pack as the manifest describes it. */
export interface Pack {
  sha256: string;
  /** Sealed size. */
  bytes: number;
  /** Size of the tar bytes in it. */
  plainBytes: number;
  /** Compressed and plain length of each zstd frame, in order. */
  frames: [number, number][];
}

/** Where a member begins: the pack's number in this run, and the place in its tar bytes. */
export interface Position {
  pack: number;
  offset: number;
}

export interface PackerOptions {
  recipients: Buffer[];
  /** Number of the first pack, where earlier runs made others. */
  firstPack?: number;
  /** Bytes per second that may go to the store, or null. */
  uploadLimit?: number | null;
  /** Threads that compress and seal. */
  workers?: number;
  /** Brings one sealed pack into the store. */
  publish(pack: Pack, sealed: Uint8Array): Promise<void>;
}

/** The writing end. Everything but `ready` and `finish` is synchronous, so that small files cost no promise. */
export class Packer implements AsyncDisposable {
  readonly #options: PackerOptions;
  readonly #workersAtMost: number;
  readonly #workers: Worker[] = [];
  readonly #free: SharedArrayBuffer[] = [];
  readonly #freePacks: SharedArrayBuffer[] = [];
  readonly #packs: Pack[] = [];
  #slab: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  #used = 0;
  #members = 0;
  #pack = 0;
  #packBytes = 0;
  #total = 0;
  #slabsOut = 0;
  #packsOut = 0;
  #waitedMs = 0;
  #uploadFreeAt = 0;
  #packBegan = performance.now();
  #failure: unknown = null;
  #wake = Promise.withResolvers<void>();

  constructor(options: PackerOptions) {
    this.#options = options;
    this.#workersAtMost = options.workers ?? WORKERS;
    this.#beginPack();
    this.#takeSlab();
  }

  /** Whether the writer should wait, to keep memory bounded. */
  get isFull(): boolean {
    return this.#failure !== null || this.#slabsOut >= SLABS_IN_FLIGHT || this.#packsOut > UPLOADS_IN_FLIGHT;
  }

  /** Resolves when there is room again. Throws what went wrong behind. */
  async ready(): Promise<void> {
    while (this.isFull) {
      if (this.#failure) throw this.#failure;
      // With nothing left to compress it is the store alone that everything waits for.
      const isStoreSlow = this.#packsOut > UPLOADS_IN_FLIGHT && this.#slabsOut === 0;
      const began = performance.now();
      await this.#wake.promise;
      if (isStoreSlow) this.#waitedMs += performance.now() - began;
    }
  }

  get position(): Position {
    return { pack: (this.#options.firstPack ?? 0) + this.#pack, offset: this.#packBytes + this.#used };
  }

  /** Bytes written so far, over all packs. */
  get written(): number {
    return this.#total;
  }

  /** Makes sure that so many bytes of a new member follow in one slab, so that they can be taken back with `rewind`. */
  reserve(bytes: number): void {
    if (SLAB_BYTES - this.#used < bytes) this.#sendSlab();
    this.#members++;
  }

  /** Takes back what was written since the given count, which must lie in this slab. */
  rewind(written: number): void {
    this.#used -= this.#total - written;
    this.#total = written;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const room = this.room(bytes.length - at);
      const { length } = room;
      room.set(bytes.subarray(at, at + length));
      this.advance(length);
      at += length;
    }
  }

  zeros(count: number): void {
    for (let left = count; left > 0; ) {
      const room = this.room(left);
      const { length } = room;
      room.fill(0);
      this.advance(length);
      left -= length;
    }
  }

  /**
   * Free space to write into directly, at most `wanted` long. Follow with `advance`, after which
   * it may belong to a worker and be empty.
   */
  room(wanted: number): Buffer {
    return this.#slab.subarray(this.#used, Math.min(SLAB_BYTES, this.#used + wanted));
  }

  advance(bytes: number): void {
    this.#used += bytes;
    this.#total += bytes;
    if (this.#used === SLAB_BYTES) this.#sendSlab();
  }

  /** Seals what is left and waits until every pack is in the store. */
  async finish(): Promise<Pack[]> {
    if (this.#used > 0) this.#sendSlab();
    if (this.#packBytes > 0) this.#endPack();
    while (this.#packsOut > 0 && !this.#failure) await this.#wake.promise;
    if (this.#failure) throw this.#failure;
    return this.#packs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #takeSlab(): void {
    this.#slab = Buffer.from(this.#free.pop() ?? new SharedArrayBuffer(SLAB_BYTES));
    this.#used = 0;
    this.#members = 0;
  }

  #sendSlab(): void {
    if (this.#packBytes === 0) this.#openPack();
    const [slab, bytes] = [this.#slab.buffer as SharedArrayBuffer, this.#used];
    this.#tell({ kind: 'slab', slab, bytes, members: this.#members });
    this.#slabsOut++;
    this.#packBytes += this.#used;
    this.#takeSlab();
    if (this.#packBytes > PACK_BYTES - SLAB_BYTES) this.#endPack();
  }

  #openPack(): void {
    const { recipients } = this.#options;
    const out = this.#freePacks.pop() ?? new SharedArrayBuffer(packRoom(recipients.length));
    this.#tell({ kind: 'begin', recipients, out, level: this.#level() });
  }

  /** While the store is what takes time, a smaller pack is a faster one. */
  #level(): number {
    const now = performance.now();
    const share = this.#waitedMs / (now - this.#packBegan);
    this.#packBegan = now;
    this.#waitedMs = 0;
    return LEVELS[share > 0.8 ? 2 : share > 0.5 ? 1 : 0];
  }

  #endPack(): void {
    this.#tell({ kind: 'end', pack: this.#pack });
    this.#packsOut++;
    this.#pack++;
    this.#beginPack();
  }

  #beginPack(): void {
    this.#packBytes = 0;
    if (this.#workers.length < Math.min(this.#workersAtMost, this.#pack + 1))
      this.#workers.push(this.#startWorker());
  }

  #tell(message: ToSealer): void {
    this.#workers[this.#pack % this.#workersAtMost]!.postMessage(message);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./seal-worker.ts', import.meta.url), {
      name: 'seal',
      execArgv: [],
      resourceLimits: SMALL_HEAP,
    });
    worker.on('message', (message: FromSealer) => this.#hear(message));
    worker.on('error', (error) => this.#fail(error));
    return worker;
  }

  #hear(message: FromSealer): void {
    if (message.kind === 'slab-free') {
      this.#free.push(message.slab);
      this.#slabsOut--;
      this.#wakeUp();
    } else void this.#publish(message);
  }

  async #publish({ pack, sealed, bytes, sha256, frames }: FromSealer & { kind: 'pack' }): Promise<void> {
    const plainBytes = frames.reduce((sum, [, plain]) => sum + plain, 0);
    this.#packs[pack] = { sha256, bytes, plainBytes, frames };
    try {
      await this.#waitForTurn(bytes);
      await this.#options.publish(this.#packs[pack], new Uint8Array(sealed, 0, bytes));
      this.#packsOut--;
      this.#freePacks.push(sealed);
      this.#wakeUp();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** With a limit, each pack begins when those before it have had their time. */
  async #waitForTurn(bytes: number): Promise<void> {
    const { uploadLimit } = this.#options;
    if (!uploadLimit) return;
    const now = performance.now();
    const begin = Math.max(now, this.#uploadFreeAt);
    this.#uploadFreeAt = begin + (bytes / uploadLimit) * 1000;
    await sleep(begin - now);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
