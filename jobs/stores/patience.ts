/** How long a store is waited for, and how often it is asked again. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Patience {
  /** Tries of one request, the first included. */
  attempts: number;
  connectMs: number;
  /** Longest silence on a connection. */
  silenceMs: number;
  /** Longest time of a request with all its tries. A body adds the time that it takes at the slowest rate. */
  totalMs: number;
  /** The slowest line that is still waited for. */
  bytesPerSecond: number;
  /** Longest first wait before asking again. It doubles each time, up to `longestWaitMs`. */
  firstWaitMs: number;
  longestWaitMs: number;
}

export const PATIENCE: Patience = {
  attempts: 5,
  connectMs: 5_000,
  silenceMs: 30_000,
  totalMs: 180_000,
  bytesPerSecond: 64 * 1024,
  firstWaitMs: 200,
  longestWaitMs: 10_000,
};

/** What one request may take, all its tries and waits included, and what one try of it may. */
export function limits({ totalMs, silenceMs, bytesPerSecond }: Patience, bytes: number) {
  const bodyMs = (bytes / bytesPerSecond) * 1000;
  return { allMs: totalMs + bodyMs, oneMs: Math.min(totalMs, 2 * silenceMs) + bodyMs };
}

/** Waits before the next try: a random share of the longest wait, so that many clients do not come back at once. */
export async function waitAfter(
  attempt: number,
  { firstWaitMs, longestWaitMs }: Patience,
  signal: AbortSignal,
): Promise<void> {
  const longest = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
  await sleep(Math.random() * longest, undefined, { signal });
}

/** Tries that all requests of one store share, so that an outage under load does not become a storm. */
export class Retries {
  readonly #most: number;
  #left: number;
  #countedAt = performance.now();

  constructor(most = 60) {
    this.#most = most;
    this.#left = most;
  }

  /** Whether one more retry may be made. One comes back each second. */
  take(): boolean {
    const now = performance.now();
    this.#add((now - this.#countedAt) / 1000);
    this.#countedAt = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }

  /** What worked earns retries back. */
  earn(): void {
    this.#add(0.5);
  }

  #add(retries: number): void {
    this.#left = Math.min(this.#most, this.#left + retries);
  }
}

/** Something that stopped coming, or comes slower than anybody waits for. */
export class TooSlow extends Error {
  override name = 'TooSlow';
}

/** What reading an object has cost so far, over all the connections that it took. */
export class Pace {
  readonly #patience: Patience;
  #waitedMs = 0;
  #bytes = 0;

  constructor(patience: Patience) {
    this.#patience = patience;
  }

  /** How long the next bytes may take. A slow reader is not taken for a slow line: its own time does not count. */
  get leftMs(): number {
    return limits(this.#patience, this.#bytes).allMs - this.#waitedMs;
  }

  /** Passes a body on. */
  async *watch<T extends Uint8Array>(body: AsyncIterable<T>): AsyncGenerator<T> {
    const pieces = body[Symbol.asyncIterator]();
    try {
      for (;;) {
        const asked = performance.now();
        const next = within(Math.min(this.#patience.silenceMs, this.leftMs), pieces.next());
        const { done, value } = await next.finally(() => {
          this.#waitedMs += performance.now() - asked;
        });
        if (done) return;
        this.#bytes += value.length;
        yield value;
      }
    } finally {
      // Not awaited: a body that hangs may hang here too.
      Promise.resolve(pieces.return?.()).catch(() => {});
    }
  }
}

/** What a promise gives, or `TooSlow` when that takes too long. */
export async function within<T>(ms: number, outcome: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TooSlow()), Math.max(0, ms));
  try {
    return await Promise.race([outcome, late.promise]);
  } finally {
    clearTimeout(timer);
    outcome.catch(() => {});
  }
}
