/** A thread that compresses slabs and seals them into packs, one pack after the other. */
import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { constants, zstdCompressSync } from 'node:zlib';
import { AgeSealer } from '../age/seal.ts';
import { PACK_BYTES } from './sizes.ts';

/** Content that shrinks less than this is taken as compressed already. */
const WORTH_IT = 0.97;
const SAMPLE_BYTES = 16 << 10;

export type ToSealer =
  | { kind: 'begin'; recipients: Uint8Array[] }
  | { kind: 'slab'; buffer: ArrayBuffer; bytes: number }
  | { kind: 'end'; pack: number };

export type FromSealer =
  | { kind: 'slab-free'; buffer: ArrayBuffer }
  | {
      kind: 'pack';
      pack: number;
      sealed: ArrayBuffer;
      bytes: number;
      sha256: string;
      /** Compressed and plain length of each frame, in order. */
      frames: [number, number][];
    };

let sealer: AgeSealer;
let frames: [number, number][] = [];

parentPort!.on('message', (message: ToSealer) => {
  if (message.kind === 'begin') begin(message.recipients);
  else if (message.kind === 'slab') addSlab(message);
  else endPack(message.pack);
});

function begin(recipients: Uint8Array[]): void {
  frames = [];
  sealer = new AgeSealer(
    recipients.map((recipient) => Buffer.from(recipient)),
    PACK_BYTES + (1 << 20),
  );
}

function addSlab({ buffer, bytes }: { buffer: ArrayBuffer; bytes: number }): void {
  const plain = Buffer.from(buffer, 0, bytes);
  const frame = compress(plain, levelFor(plain));
  sealer.update(frame);
  frames.push([frame.length, bytes]);
  tell({ kind: 'slab-free', buffer }, [buffer]);
}

function endPack(pack: number): void {
  const sealed = sealer.finish();
  const sha256 = hash('sha256', sealed);
  const buffer = sealed.buffer as ArrayBuffer;
  tell({ kind: 'pack', pack, sealed: buffer, bytes: sealed.length, sha256, frames }, [buffer]);
}

/** Tries three small samples first: level 1 is enough to pass over what is compressed already. */
function levelFor(plain: Buffer): number {
  if (plain.length < 4 * SAMPLE_BYTES) return 2;
  const samples = [0.1, 0.5, 0.85].map((share) => {
    const at = Math.floor(plain.length * share);
    return plain.subarray(at, at + SAMPLE_BYTES);
  });
  const sample = Buffer.concat(samples);
  return compress(sample, 1).length < sample.length * WORTH_IT ? 2 : 1;
}

function compress(plain: Buffer, level: number): Buffer {
  return zstdCompressSync(plain, {
    // Just over the largest possible output, so that the result is never grown and copied.
    chunkSize: plain.length + (plain.length >> 8) + 1024,
    params: { [constants.ZSTD_c_compressionLevel]: level },
  });
}

function tell(message: FromSealer, transfer: ArrayBuffer[]): void {
  parentPort!.postMessage(message, transfer);
}
