/** Writing a manifest line by line. Lines are compressed as they come, so that a million files take little memory. */
import { frameBound, openCompressor } from '../native/zstd.ts';
import { type Frame, type ManifestFacts, SKIPPABLE_MAGIC } from './facts.ts';
import { TextBuffer } from './line-buffer.ts';

const FRAME_BYTES = 512 << 10;
const TUNING = { level: 3 };

const compress = openCompressor();
let room = Buffer.alloc(0);

export class ManifestWriter {
  readonly #frames: Frame[] = [];
  readonly #compressed: Buffer[] = [];
  /** As bytes: strings that wait for a frame to be full are a lot of work for a collector. */
  readonly #lines = new TextBuffer();
  /** Lines so far. */
  count = 0;

  add(line: string): void {
    // Written with the next line: the very last has no comma after it.
    if (this.count > 0) this.#lines.add(',\n');
    if (this.#lines.bytes > FRAME_BYTES) this.#flush();
    this.#lines.add(line);
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
    const text = `{\n${factLines.join('\n')}\n"packs":[\n${packLines}\n],\n"entries":[\n`;
    const head = pack(Buffer.from(text));
    this.#lines.add('\n]\n}\n');
    this.#flush();
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

  #flush(): void {
    const { bytes, frame } = pack(this.#lines.read());
    this.#lines.clear();
    this.#compressed.push(bytes);
    this.#frames.push(frame);
  }
}

function pack(plain: Uint8Array): { bytes: Buffer; frame: Frame } {
  if (room.length < frameBound(plain.length)) room = Buffer.allocUnsafeSlow(frameBound(plain.length));
  const length = compress(plain, TUNING, room);
  return { bytes: Buffer.from(room.subarray(0, length)), frame: [length, plain.length] };
}
