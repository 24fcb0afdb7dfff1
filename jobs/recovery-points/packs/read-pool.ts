/** A few reading threads, given orders in turn. For a small point none: they take longer to start than it does to be read. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Head } from '../head.ts';
import { SMALL_HEAP } from '../native/memory.ts';
import {
  type Answer,
  type Compared,
  type CompareOrder,
  carryOut,
  linesIn,
  type Opened,
  type OpenOrder,
} from './read-order.ts';
import { SEALED_BYTES, WORKERS } from './sizes.ts';

const SMALL_BYTES = 2 << 20;
const SMALL_ENTRIES = 1000;

export class ReadPool implements AsyncDisposable {
  readonly #workers: { worker: Worker; waiting: number }[] = [];
  readonly #orders = new Map<
    number,
    PromiseWithResolvers<Opened | Compared> & { worker: { waiting: number } }
  >();
  readonly #memory: SharedArrayBuffer[] = [];
  #next = 0;

  constructor(head: Pick<Head, 'bytes' | 'entries' | 'packs'>) {
    if (isSmall(head)) return;
    for (let i = 0; i < WORKERS; i++) this.#workers.push({ worker: this.#start(), waiting: 0 });
  }

  open(order: OpenOrder): Promise<Opened> {
    return this.#give(order) as Promise<Opened>;
  }

  compare(order: CompareOrder): Promise<Compared> {
    return this.#give(order) as Promise<Compared>;
  }

  /**
   * Memory for a pack, which threads read without a copy. It goes round: what is in it is gone once it is disposed of.
   */
  lend(): Disposable & { into: Uint8Array } {
    const memory = this.#memory.pop() ?? new SharedArrayBuffer(SEALED_BYTES);
    return {
      into: new Uint8Array(memory),
      [Symbol.dispose]: () => void this.#memory.push(memory),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(({ worker }) => worker.terminate()));
  }

  async #give(order: OpenOrder | CompareOrder): Promise<Opened | Compared> {
    const id = this.#next++;
    if (this.#workers.length === 0) {
      // Whoever waits for something else has a turn between two orders.
      await nextTurn();
      return resultOf(carryOut({ ...order, id }));
    }
    const worker = this.#choose();
    const answer = Promise.withResolvers<Opened | Compared>();
    this.#orders.set(id, { ...answer, worker });
    worker.waiting++;
    const lines = linesIn(order);
    worker.worker.postMessage({ ...order, id }, lines ? [lines] : []);
    return answer.promise;
  }

  /** The one with the least to do. */
  #choose() {
    return this.#workers.reduce((best, one) => (one.waiting < best.waiting ? one : best));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./read-worker.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: SMALL_HEAP,
    });
    worker.on('message', (answer: Answer) => this.#hear(answer));
    worker.on('error', (error) => {
      for (const { reject } of this.#orders.values()) reject(error);
    });
    return worker;
  }

  #hear(answer: Answer): void {
    const order = this.#orders.get(answer.id)!;
    this.#orders.delete(answer.id);
    order.worker.waiting--;
    try {
      order.resolve(resultOf(answer));
    } catch (error) {
      order.reject(error);
    }
  }
}

function resultOf(answer: Answer): Opened | Compared {
  if ('result' in answer) return answer.result;
  throw Object.assign(new Error(answer.error.message), answer.error);
}

function isSmall({ bytes, entries, packs }: Pick<Head, 'bytes' | 'entries' | 'packs'>): boolean {
  const all = packs.reduce((sum, pack) => sum + pack.bytes, bytes);
  return all <= SMALL_BYTES && entries <= SMALL_ENTRIES;
}
