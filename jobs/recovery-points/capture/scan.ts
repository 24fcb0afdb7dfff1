/** What there is below a root, found by a thread that walks ahead: with many small files half the time is asking. */
import { Worker } from 'node:worker_threads';
import { SMALL_HEAP } from '../native/memory.ts';
import { type FileStats, StatsTable } from '../native/stat.ts';
import type { Rules } from './rules.ts';
import type { Found } from './walk.ts';

const BATCHES_AHEAD = 8;

export interface ScanRequest {
  root: Uint8Array;
  rules: Rules;
  /** Two counters: batches sent, and taken. */
  counts: SharedArrayBuffer;
}

/** Some things in the order of a walk. */
export interface ScanBatch {
  /** One behind the other, and the length of each. */
  paths: Uint8Array;
  lengths: Uint32Array;
  /** Memory of a `StatsTable` with those of each. */
  stats: ArrayBuffer;
  /** `isSeen`: it was looked at, and only what is in it could not be listed. */
  failures: { at: number; isSeen: boolean; code: string; errno: number; message: string }[];
  isLast: boolean;
  /** What the rules left out so far. */
  leftOut: number;
}

/** A walk that has begun. Its batches are read once, to the end. */
export class Scan implements AsyncDisposable {
  /** What the rules left out: things met, not what lies below them. Complete after the last batch. */
  leftOut = 0;
  readonly #worker: Worker;
  readonly #counts: Int32Array;
  readonly #root: Buffer;
  readonly #prefix: Buffer;
  readonly #ready: ScanBatch[] = [];
  #failure: unknown = null;
  #wake = Promise.withResolvers<void>();

  constructor(root: Buffer, rules: Rules) {
    this.#root = root;
    this.#prefix = Buffer.concat([root, Buffer.from('/')]);
    const counts = new SharedArrayBuffer(8);
    this.#counts = new Int32Array(counts);
    this.#worker = new Worker(new URL('./scan-worker.ts', import.meta.url), {
      execArgv: [],
      workerData: { root, rules, counts } satisfies ScanRequest,
      resourceLimits: SMALL_HEAP,
    });
    this.#worker.on('message', (batch: ScanBatch) => {
      this.#ready.push(batch);
      this.#wake.resolve();
    });
    this.#worker.on('error', (error) => {
      this.#failure = error;
      this.#wake.resolve();
    });
  }

  /** Everything below the root, in the order of a walk. */
  async *batches(): AsyncGenerator<Iterable<Found<FileStats>>> {
    for (let isLast = false; !isLast; ) {
      const batch = await this.#next();
      ({ isLast, leftOut: this.leftOut } = batch);
      yield this.#read(batch);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  async #next(): Promise<ScanBatch> {
    for (;;) {
      const batch = this.#ready.shift();
      if (batch) {
        Atomics.add(this.#counts, 1, 1);
        Atomics.notify(this.#counts, 1);
        return batch;
      }
      if (this.#failure) throw this.#failure;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers<void>();
    }
  }

  *#read({ paths, lengths, stats, failures }: ScanBatch): Generator<Found<FileStats>> {
    const table = new StatsTable(stats);
    const bytes = Buffer.from(paths.buffer, paths.byteOffset, paths.length);
    const failed = new Map(failures.map((one) => [one.at, one]));
    let begin = 0;
    for (const [i, length] of lengths.entries()) {
      const path = bytes.subarray(begin, begin + length);
      begin += length;
      const failure = failed.get(i);
      yield {
        path,
        full: isRoot(path) ? this.#root : Buffer.concat([this.#prefix, path]),
        stats: failure && !failure.isSeen ? null : table.at(i),
        failure: failure
          ? Object.assign(new Error(failure.message), { code: failure.code, errno: failure.errno })
          : null,
      };
    }
  }
}

/** Waits, on the walking side, while too much is under way. */
export function waitForRoom(counts: Int32Array): void {
  for (;;) {
    const taken = Atomics.load(counts, 1);
    if (Atomics.load(counts, 0) - taken <= BATCHES_AHEAD) return;
    Atomics.wait(counts, 1, taken);
  }
}

const isRoot = (path: Buffer): boolean => path.length === 1 && path[0] === 0x2e;
