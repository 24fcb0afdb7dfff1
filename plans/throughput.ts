/** How fast work goes and how long what is left of it takes: pure, of what it told of itself. */

export interface Amounts {
  phase: string;
  files: number;
  bytes: number;
  /** Null while it is not known. */
  totalBytes: number | null;
  totalFiles?: number | null | undefined;
}

/** Null while nothing can be said. */
export interface Rates {
  bytesPerSecond: number | null;
  filesPerSecond: number | null;
  remainingSeconds: number | null;
}

const UNKNOWN: Rates = { bytesPerSecond: null, filesPerSecond: null, remainingSeconds: null };
/** Looks back so far: a store that has become slow is noticed, and one slow file is not told as a slow store. */
const WINDOW_MS = 30_000;
const LEAST_MS = 1000;
/** What would take longer than this is not told: nobody can tell a month ahead. */
const LONGEST_SECONDS = 30 * 86_400;

/** Keeps what one work told in its present phase. What was there from the start of it tells nothing of its pace. */
export class Throughput {
  #phase: string | null = null;
  #told: { at: number; files: number; bytes: number }[] = [];

  /** `now` in milliseconds of a clock that is never set. */
  of({ phase, files, bytes, totalBytes, totalFiles = null }: Amounts, now = performance.now()): Rates {
    const last = this.#told.at(-1);
    // A phase that begins again, as after a store was away, is timed anew.
    if (phase !== this.#phase || (last && (bytes < last.bytes || files < last.files || now < last.at))) {
      this.#phase = phase;
      this.#told = [];
    }
    this.#told.push({ at: now, files, bytes });
    while (this.#told.length > 2 && now - this.#told[1]!.at >= WINDOW_MS) this.#told.shift();
    const from = this.#told[0]!;
    const seconds = (now - from.at) / 1000;
    if (seconds * 1000 < LEAST_MS) return UNKNOWN;
    const bytesPerSecond = (bytes - from.bytes) / seconds;
    const filesPerSecond = (files - from.files) / seconds;
    const left = totalBytes === null ? null : secondsFor(totalBytes - bytes, bytesPerSecond);
    const leftOfFiles = totalFiles === null ? null : secondsFor(totalFiles - files, filesPerSecond);
    return { bytesPerSecond, filesPerSecond, remainingSeconds: left ?? leftOfFiles };
  }
}

/** Null where it stands still: that is told as such, and not as a very long time. */
function secondsFor(amount: number, perSecond: number): number | null {
  if (amount <= 0) return 0;
  if (perSecond <= 0) return null;
  const seconds = amount / perSecond;
  return seconds > LONGEST_SECONDS ? null : seconds;
}
