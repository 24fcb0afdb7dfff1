/** Text that compresses as office text does. Pools are made once; files are put together from short pieces of them. */
import { mix, share } from './random.ts';

/** So large that the pieces within one compressor's window rarely overlap. */
const POOL_BYTES = 32 << 20;
const WORDS = 12_000;
const SYLLABLES =
  'ba con de er fi gra ho in jo ka lu men no or pla qui re sta ti un va wi xe ment tion'.split(' ');
const SHORTEST_PIECE = 300;
const PIECE_SPREAD = 1200;

/** Makes text for any place. Short pieces keep whoever looks for equal chunks from finding any. */
export type WriteText = (out: Buffer, seed: number) => void;

/** Sentences, as in letters and mails. */
export const prose: WriteText = piecesOf(memo(makeProse));
/** Rows of separated values. */
export const rows: WriteText = piecesOf(memo(makeRows));
/** One long line of words, for fields of a table. */
export const words: () => Buffer = memo(() =>
  Buffer.from(makeProse().toString('latin1').replaceAll('\n', ' '), 'latin1'),
);

function piecesOf(pool: () => Buffer): WriteText {
  return (out, seed) => {
    const text = pool();
    let at = 0;
    for (let piece = 0; at < out.length; piece++) {
      const length = Math.min(out.length - at, SHORTEST_PIECE + (mix(piece, seed) % PIECE_SPREAD));
      const from = mix(seed, piece) % (text.length - length);
      text.copy(out, at, from, from + length);
      at += length;
    }
  };
}

function makeProse(): Buffer {
  const vocabulary = Array.from({ length: WORDS }, (_, i) => Buffer.from(makeWord(i)));
  const out = Buffer.alloc(POOL_BYTES);
  let at = 0;
  for (let i = 0; at < POOL_BYTES; i++) {
    // Few words are used often and many seldom.
    const word = vocabulary[Math.floor(WORDS * share(i, 1) ** 3)]!;
    at += word.copy(out, at);
    const after = mix(i, 2) % 64;
    if (after < 5 && at < POOL_BYTES) out[at++] = 0x2e;
    if (at < POOL_BYTES) out[at++] = after === 0 ? 0x0a : 0x20;
  }
  return out;
}

function makeWord(i: number): string {
  const syllables = 1 + (mix(i, 3) % 4);
  return Array.from({ length: syllables }, (_, at) => SYLLABLES[mix(i, at + 4) % SYLLABLES.length]).join('');
}

function makeRows(): Buffer {
  const out = Buffer.alloc(POOL_BYTES);
  let at = 0;
  for (let i = 0; at < POOL_BYTES; i++) at += out.write(makeRow(i), at, 'latin1');
  return out;
}

function makeRow(i: number): string {
  const amount = (mix(i, 5) % 10_000_000) / 100;
  const date = `2026-${1 + (mix(i, 6) % 12)}-${1 + (mix(i, 7) % 28)}`;
  return `${100_000 + (i % 900_000)};${date};${makeWord(mix(i, 8) % WORDS)};${amount};${mix(i, 9) % 50};EUR;${makeWord(mix(i, 10) % 300)}\r\n`;
}

function memo<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
