/** Writing a manifest line by line. Lines are compressed as they come, so that a million files take little memory. */
import { frameBound, openCompressor } from '../native/zstd.ts';
import { type Frame, type ManifestFacts, SKIPPABLE_MAGIC } from './facts.ts';

const FRAME_BYTES = 512 << 10;
const TUNING = { level: 3 };

const compress = openCompressor();

export class ManifestWriter {
  readonly #frames: Frame[] = [];
  readonly #compressed: Buffer[] = [];
  #lines: string[] = [];
  #chars = 0;
  /** Lines so far. */
  count = 0;

  add(line: string): void {
    // A full frame waits for the next line: the very last line has no comma after it.
    if (this.#chars > FRAME_BYTES) this.#flush('\n');
    this.#lines.push(line);
    this.#chars += line.length;
    this.count++;
  }

  /** The whole manifest. */
  finish(facts: Omit<ManifestFacts, 'entryCount'>): Buffer {
    return Buffer.concat([...this.finishInPieces(facts).pieces]);
  }

  /**
   * First the lengths of all frames, in a frame that `zstd -d` passes over; then facts and lines. `bytes` in all; a piece
   * is let go of as it is given.
   */
  finishInPieces({ packs, ...facts }: Omit<ManifestFacts, 'entryCount'>): {
    bytes: number;
    pieces: Generator<Buffer>;
  } {
    const factLines = Object.entries({ ...facts, entryCount: this.count }).map(
      ([key, value]) => `"${key}":${JSON.stringify(value)},`,
    );
    const packLines = packs.map((pack) => JSON.stringify(pack)).join(',\n');
    const head = pack(`{\n${factLines.join('\n')}\n"packs":[\n${packLines}\n],\n"entries":[\n`);
    this.#flush('\n]\n}\n');
    const index = Buffer.from(JSON.stringify({ frames: [head.frame, ...this.#frames] }));
    const intro = Buffer.alloc(8);
    intro.writeUInt32LE(SKIPPABLE_MAGIC, 0);
    intro.writeUInt32LE(index.length, 4);
    const first = Buffer.concat([intro, index, head.bytes]);
    const rest = this.#frames.reduce((sum, [length]) => sum + length, 0);
    return { bytes: first.length + rest, pieces: this.#letGo(first) };
  }

  *#letGo(first: Buffer): Generator<Buffer> {
    yield first;
    for (const [i, piece] of this.#compressed.entries()) {
      this.#compressed[i] = Buffer.alloc(0);
      yield piece;
    }
  }

  /** Every line but the very last ends with a comma. */
  #flush(end: string): void {
    const isLast = end !== '\n';
    const text = this.#lines.join(',\n') + (isLast ? end : `,${end}`);
    const { bytes, frame } = pack(text);
    this.#compressed.push(bytes);
    this.#frames.push(frame);
    this.#lines = [];
    this.#chars = 0;
  }
}

function pack(text: string): { bytes: Buffer; frame: Frame } {
  const plain = Buffer.from(text);
  const out = Buffer.allocUnsafeSlow(frameBound(plain.length));
  const length = compress(plain, TUNING, out);
  return { bytes: Buffer.from(out.subarray(0, length)), frame: [length, plain.length] };
}
