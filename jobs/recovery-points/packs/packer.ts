/** Takes one long tar stream, cuts it into packs, has them compressed and sealed by worker threads, and publishes each. */
import { Worker } from 'node:worker_threads';
import type { FromSealer, ToSealer } from './seal-worker.ts';
import { PACK_BYTES, SLAB_BYTES, SLABS_IN_FLIGHT, UPLOADS_IN_FLIGHT, WORKERS } from './sizes.ts';

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
  /** Brings one sealed pack into the store. */
  publish(pack: Pack, sealed: Uint8Array): Promise<void>;
}

/** The writing end. Everything but `ready` and `finish` is synchronous, so that small files cost no promise. */
export class Packer implements AsyncDisposable {
  readonly #options: PackerOptions;
  readonly #workers: Worker[] = [];
  readonly #free: ArrayBuffer[] = [];
  readonly #packs: Pack[] = [];
  #slab = Buffer.alloc(0);
  #used = 0;
  #pack = 0;
  #packBytes = 0;
  #total = 0;
  #slabsOut = 0;
  #packsOut = 0;
  #failure: unknown = null;
  #wake = Promise.withResolvers<void>();

  constructor(options: PackerOptions) {
    this.#options = options;
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
      await this.#wake.promise;
    }
  }

  get position(): Position {
    return { pack: this.#pack, offset: this.#packBytes + this.#used };
  }

  /** Bytes written so far, over all packs. */
  get written(): number {
    return this.#total;
  }

  /** Makes sure that so many bytes follow in one slab, so that they can be taken back with `rewind`. */
  reserve(bytes: number): void {
    if (SLAB_BYTES - this.#used < bytes) this.#sendSlab();
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
    this.#slab = Buffer.from(this.#free.pop() ?? new ArrayBuffer(SLAB_BYTES));
    this.#used = 0;
  }

  #sendSlab(): void {
    const buffer = this.#slab.buffer as ArrayBuffer;
    if (this.#packBytes === 0) this.#tell({ kind: 'begin', recipients: this.#options.recipients }, []);
    this.#tell({ kind: 'slab', buffer, bytes: this.#used }, [buffer]);
    this.#slabsOut++;
    this.#packBytes += this.#used;
    this.#takeSlab();
    if (this.#packBytes > PACK_BYTES - SLAB_BYTES) this.#endPack();
  }

  #endPack(): void {
    this.#tell({ kind: 'end', pack: this.#pack }, []);
    this.#packsOut++;
    this.#pack++;
    this.#beginPack();
  }

  #beginPack(): void {
    this.#packBytes = 0;
    if (this.#workers.length < Math.min(WORKERS, this.#pack + 1)) this.#workers.push(this.#startWorker());
  }

  #tell(message: ToSealer, transfer: ArrayBuffer[]): void {
    this.#workers[this.#pack % WORKERS]!.postMessage(message, transfer);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./seal-worker.ts', import.meta.url), { execArgv: [] });
    worker.on('message', (message: FromSealer) => this.#hear(message));
    worker.on('error', (error) => this.#fail(error));
    return worker;
  }

  #hear(message: FromSealer): void {
    if (message.kind === 'slab-free') {
      this.#free.push(message.buffer);
      this.#slabsOut--;
      this.#wakeUp();
    } else void this.#publish(message);
  }

  async #publish({ pack, sealed, bytes, sha256, frames }: FromSealer & { kind: 'pack' }): Promise<void> {
    const plainBytes = frames.reduce((sum, [, plain]) => sum + plain, 0);
    this.#packs[pack] = { sha256, bytes, plainBytes, frames };
    try {
      await this.#options.publish(this.#packs[pack], new Uint8Array(sealed, 0, bytes));
      this.#packsOut--;
      this.#wakeUp();
    } catch (error) {
      this.#fail(error);
    }
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
