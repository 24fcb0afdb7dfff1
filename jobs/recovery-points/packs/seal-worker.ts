/**
 * A thread that compresses slabs and seals them into packs, one pack after the other. Memory goes to and fro as shared
 * buffers that are used again: handing over ordinary ones looks to the garbage collector like so many bytes newly made.
 */
import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { AgeSealer } from '../age/seal.ts';
import { frameBound, openCompressor } from '../native/zstd.ts';
import { SLAB_BYTES } from './sizes.ts';
import { FAST, tuningOf, WORTH_IT } from './tuning.ts';

const SAMPLE_BYTES = 16 << 10;

export type ToSealer =
  /** Begins a pack, sealed into the memory given. `level` is zstd's, for content that compresses at all. */
  | { kind: 'begin'; recipients: Uint8Array[]; out: SharedArrayBuffer; level: number }
  /** `members`: how many begin in it. */
  | { kind: 'slab'; slab: SharedArrayBuffer; bytes: number; members: number }
  | { kind: 'end'; pack: number };

export type FromSealer =
  | { kind: 'slab-free'; slab: SharedArrayBuffer }
  | {
      kind: 'pack';
      pack: number;
      sealed: SharedArrayBuffer;
      bytes: number;
      sha256: string;
      /** Compressed and plain length of each frame, in order. */
      frames: [number, number][];
    };

const compress = openCompressor();
const frame = Buffer.allocUnsafeSlow(frameBound(SLAB_BYTES));
const sample = Buffer.allocUnsafeSlow(3 * SAMPLE_BYTES);
let sealer: AgeSealer;
let level: number;
let frames: [number, number][] = [];

parentPort!.on('message', (message: ToSealer) => {
  if (message.kind === 'begin') begin(message);
  else if (message.kind === 'slab') addSlab(message);
  else endPack(message.pack);
});

function begin({ recipients, out, level: wanted }: ToSealer & { kind: 'begin' }): void {
  frames = [];
  level = wanted;
  sealer = new AgeSealer(
    recipients.map((recipient) => Buffer.from(recipient)),
    Buffer.from(out),
  );
}

function addSlab({ slab, bytes, members }: ToSealer & { kind: 'slab' }): void {
  const plain = Buffer.from(slab, 0, bytes);
  const length = compress(plain, isCompressed(plain) ? FAST : tuningOf(level, members), frame);
  sealer.update(frame.subarray(0, length));
  frames.push([length, bytes]);
  tell({ kind: 'slab-free', slab });
}

function endPack(pack: number): void {
  const sealed = sealer.finish();
  const sha256 = hash('sha256', sealed);
  const memory = sealed.buffer as unknown as SharedArrayBuffer;
  tell({ kind: 'pack', pack, sealed: memory, bytes: sealed.length, sha256, frames });
}

/** Tries three small samples. Most of what is compressed already is passed over at the fastest level. */
function isCompressed(plain: Buffer): boolean {
  if (plain.length < 4 * SAMPLE_BYTES) return false;
  for (const [i, share] of [0.1, 0.5, 0.85].entries()) {
    const at = Math.floor(plain.length * share);
    plain.copy(sample, i * SAMPLE_BYTES, at, at + SAMPLE_BYTES);
  }
  return compress(sample, FAST, frame) > sample.length * WORTH_IT;
}

function tell(message: FromSealer): void {
  parentPort!.postMessage(message);
}
