/** Fetches packs in order, a few ahead, and has them checked and opened by worker threads. */
import { Worker } from 'node:worker_threads';
import type { Store } from '../../stores/store.ts';
import { packKey } from '../layout.ts';
import { getOrNull } from '../points.ts';
import type { FromOpener, PackFailure, ToOpener } from './open-worker.ts';
import type { Pack } from './packer.ts';
import { WORKERS } from './sizes.ts';

/** What came of one pack. `sha256` is null when the object is not there; `plain` only when it was opened. */
export interface Fetched {
  index: number;
  key: string;
  bytes: number;
  sha256: string | null;
  plain: Buffer | null;
  failure: PackFailure | null;
}

export interface FetchRequest {
  store: Pick<Store, 'get'>;
  asset: string;
  /** Number and facts of each pack, in the order wanted. */
  packs: [number, Pick<Pack, 'sha256' | 'bytes'>][];
  /** Absent: packs are fetched and hashed, not opened. */
  open?: { identity: string; packs: Pack[] };
  signal?: AbortSignal | undefined;
}

/** Yields one answer for each pack. Throws only when the store cannot be reached. */
export async function* fetchPacks(request: FetchRequest): AsyncGenerator<Fetched> {
  await using openers = new Openers();
  const ahead: Promise<Fetched>[] = [];
  for (const one of request.packs) {
    const next = fetchOne(request, one, openers);
    // Looked at in turn below; without this an early end would leave a rejection unheard.
    next.catch(() => {});
    ahead.push(next);
    if (ahead.length >= WORKERS) yield await ahead.shift()!;
  }
  while (ahead.length > 0) yield await ahead.shift()!;
}

async function fetchOne(
  { store, asset, open, signal }: FetchRequest,
  [index, { sha256 }]: FetchRequest['packs'][number],
  openers: Openers,
): Promise<Fetched> {
  signal?.throwIfAborted();
  const key = packKey(asset, sha256);
  const sealed = await getOrNull(store, key);
  if (!sealed) return { index, key, bytes: 0, sha256: null, plain: null, failure: null };
  const bytes = sealed.length;
  const whole = ownBuffer(sealed);
  const pack = open?.packs[index];
  const answer = await openers.examine({
    index,
    sealed: whole,
    bytes,
    sha256,
    ...(open && pack && { open: { identity: open.identity, pack } }),
  });
  const plain = answer.plain && Buffer.from(answer.plain, 0, answer.plainBytes);
  return { index, key, bytes, sha256: answer.sha256, plain, failure: answer.failure };
}

/** The bytes in an ArrayBuffer of their own, so that they can be handed to a thread. */
function ownBuffer(bytes: Buffer): ArrayBuffer {
  if (bytes.byteOffset === 0 && bytes.length === bytes.buffer.byteLength) return bytes.buffer as ArrayBuffer;
  return new Uint8Array(bytes).buffer;
}

class Openers implements AsyncDisposable {
  readonly #workers: Worker[] = [];
  readonly #waiting = new Map<number, PromiseWithResolvers<FromOpener>>();
  #turn = 0;

  examine(message: ToOpener): Promise<FromOpener> {
    const answer = Promise.withResolvers<FromOpener>();
    this.#waiting.set(message.index, answer);
    this.#next().postMessage(message, [message.sealed]);
    return answer.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #next(): Worker {
    const turn = this.#turn++ % WORKERS;
    this.#workers[turn] ??= this.#start();
    return this.#workers[turn];
  }

  #start(): Worker {
    const worker = new Worker(new URL('./open-worker.ts', import.meta.url), { execArgv: [] });
    worker.on('message', (answer: FromOpener) => {
      this.#waiting.get(answer.index)?.resolve(answer);
      this.#waiting.delete(answer.index);
    });
    worker.on('error', (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
    });
    return worker;
  }
}
