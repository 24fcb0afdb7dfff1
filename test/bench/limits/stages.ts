/** Each stage of our work alone, on a sample of the data: nothing but the kernel, libzstd and OpenSSL. */
import { hash } from 'node:crypto';
import { closeSync, ftruncateSync, lstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { openChunk, sealChunk, TAG } from '#/jobs/recovery-points/native/chacha.ts';
import {
  frameBound,
  openCompressor,
  openDecompressor,
  type Tuning,
} from '#/jobs/recovery-points/native/zstd.ts';
import { FAST, LEVELS, tuningOf, WORTH_IT } from '#/jobs/recovery-points/packs/tuning.ts';
import { type Piece, readPiece } from './sample.ts';

/** In the order of a backup, then what a proof has besides. */
export const STAGES = [
  ...['list', 'read', 'sha256', 'zstd', 'seal', 'sha256-packs', 'write'],
  ...['fetch', 'open', 'unzstd'],
] as Stage[];

export type Stage = OfContent | OfStored | 'list';
type OfContent = 'read' | 'sha256' | 'zstd' | 'unzstd';
type OfStored = 'seal' | 'sha256-packs' | 'write' | 'fetch' | 'open';

export interface Prepared {
  /** What a stage works on in one go, by which its rate is told: files for `list`, else bytes. */
  amount: Record<Stage, number>;
  run: Record<Stage, () => void>;
  close(): void;
}

interface Frame {
  content: Buffer;
  tuning: Tuning;
  packed: Buffer;
}

const FRAME_BYTES = 2 << 20;
const PACK_BYTES = 8 * FRAME_BYTES;
const CHUNK_BYTES = 64 << 10;

const KEY = Buffer.alloc(32, 1);
const NONCE = Buffer.alloc(12, 2);

const compress = openCompressor();
const decompress = openDecompressor();
const frame = Buffer.alloc(frameBound(FRAME_BYTES));
const chunk = Buffer.alloc(CHUNK_BYTES + TAG);

/** Reads the sample and makes of it what the later stages need. */
export function prepareStages(pieces: Piece[], scratchFile: string): Prepared {
  const plain = layOut(pieces);
  const contents = cut(plain, FRAME_BYTES);
  const tuning = tuningOf(LEVELS[0], pieces.length / contents.length);
  const frames = contents.map((content) => packFrame(content, tuning));
  const packed = Buffer.concat(frames.map((one) => one.packed));
  const chunks = cut(packed, CHUNK_BYTES);
  const packs = cut(packed, PACK_BYTES);
  const read = Buffer.alloc(Math.max(PACK_BYTES, ...pieces.map(({ bytes }) => bytes)));
  const fd = openSync(scratchFile, 'w+');
  return {
    amount: amounts(pieces.length, plain.length, packed.length),
    run: {
      list: each(pieces, ({ file }) => lstatSync(file, { bigint: true })),
      read: each(pieces, (piece) => readPiece(piece, read)),
      sha256: each(partsOf(plain, pieces), (content) => hash('sha256', content)),
      zstd: each(frames, ({ content, tuning }) => compress(content, tuning, frame)),
      seal: each(chunks, (one) => sealChunk(KEY, NONCE, one, chunk)),
      'sha256-packs': each(packs, (pack) => hash('sha256', pack)),
      write: each(packs, (pack, at) => {
        if (at === 0) ftruncateSync(fd);
        writeSync(fd, pack, 0, pack.length, at * PACK_BYTES);
      }),
      fetch: each(packs, (pack, at) => readSync(fd, read, 0, pack.length, at * PACK_BYTES)),
      open: each(chunks.map(sealed), (one) => openChunk(KEY, NONCE, one, chunk)),
      unzstd: each(frames, ({ packed }) => decompress(packed, frame)),
    },
    close() {
      closeSync(fd);
      unlinkSync(scratchFile);
    },
  };
}

function amounts(files: number, content: number, stored: number): Record<Stage, number> {
  return {
    ...{ list: files, read: content, sha256: content, zstd: content, unzstd: content },
    ...{ seal: stored, 'sha256-packs': stored, write: stored, fetch: stored, open: stored },
  };
}

function each<T>(all: T[], work: (one: T, at: number) => unknown): () => void {
  return () => {
    for (const [at, one] of all.entries()) work(one, at);
  };
}

/** As our backups would. */
function packFrame(content: Buffer, usual: Tuning): Frame {
  const tuning = compress(content, FAST, frame) > content.length * WORTH_IT ? FAST : usual;
  const length = compress(content, tuning, frame);
  return { content, tuning, packed: Buffer.from(frame.subarray(0, length)) };
}

function sealed(plain: Buffer): Buffer {
  sealChunk(KEY, NONCE, plain, chunk);
  return Buffer.from(chunk.subarray(0, plain.length + TAG));
}

function layOut(pieces: Piece[]): Buffer {
  const plain = Buffer.alloc(pieces.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const [at, part] of partsOf(plain, pieces).entries()) readPiece(pieces[at]!, part);
  return plain;
}

function partsOf(plain: Buffer, pieces: Piece[]): Buffer[] {
  let end = 0;
  return pieces.map(({ bytes }) => {
    end += bytes;
    return plain.subarray(end - bytes, end);
  });
}

function cut(bytes: Buffer, length: number): Buffer[] {
  const count = Math.ceil(bytes.length / length);
  return Array.from({ length: count }, (_, at) => bytes.subarray(at * length, (at + 1) * length));
}
