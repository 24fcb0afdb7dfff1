/** Lines of a manifest put together as bytes: on a heap, thousands that live a while are many times the work to collect. */
import type { Entry } from './entry.ts';

const FIRST_BYTES = 64 << 10;
const NEWLINE = 0x0a;

/** Text put together as bytes. */
export class TextBuffer {
  #bytes = Buffer.alloc(0);
  #used = 0;

  get bytes(): number {
    return this.#used;
  }

  add(text: string): void {
    // A character takes three bytes at most.
    const most = this.#used + 3 * text.length;
    if (most > this.#bytes.length) this.#grow(most);
    this.#used += this.#bytes.write(text, this.#used, 'utf8');
  }

  /** All of it so far, which is good until more is added. */
  read(): Buffer {
    return this.#bytes.subarray(0, this.#used);
  }

  clear(): void {
    this.#used = 0;
  }

  #grow(most: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(most, FIRST_BYTES, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.#used);
    this.#bytes = grown;
  }
}

/** Lines for a thread. */
export class LineBuffer {
  readonly #text = new TextBuffer();

  add(line: string): void {
    this.#text.add(line);
    this.#text.add('\n');
  }

  /** All lines so far, in memory of their own that can be handed over. */
  copy(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#text.read());
  }

  clear(): void {
    this.#text.clear();
  }
}

/** The same of a few lines. */
export function linesOf(lines: string[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(lines.map((line) => `${line}\n`).join('')));
}

/** Entries of lines that were put together. */
export function* entriesIn(lines: Uint8Array): Generator<Entry> {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    yield JSON.parse(bytes.toString('utf8', at, end)) as Entry;
    at = end + 1;
  }
}
