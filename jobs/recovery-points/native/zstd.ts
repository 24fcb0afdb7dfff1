/** zstd one frame at a time, into memory the caller gives: Node's own calls allocate anew for each, and half the time goes to that. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { loadCalls } from './library.ts';

const COMPRESSION_LEVEL = 100;
/** The library answers an error as a size near the end of 64 bits. */
const FIRST_ERROR = 1n << 63n;

const size = { arguments: ['pointer', 'buffer', 'u64', 'buffer', 'u64'], return: 'u64' };
const calls = loadCalls({
  ZSTD_createCCtx: { arguments: [], return: 'pointer' },
  ZSTD_CCtx_setParameter: { arguments: ['pointer', 'i32', 'i32'], return: 'u64' },
  ZSTD_compress2: size,
  ZSTD_createDCtx: { arguments: [], return: 'pointer' },
  ZSTD_decompressDCtx: size,
});

/** Makes one frame of `plain` at the start of `out` and answers its length. `out` must hold `frameBound` bytes. */
export type Compress = (plain: Uint8Array, level: number, out: Buffer) => number;

/** Undoes one frame into the start of `out` and answers its length. Throws `data` when it is damaged or does not fit. */
export type Decompress = (frame: Uint8Array, out: Buffer) => number;

/** The largest a frame of so many bytes can be. */
export function frameBound(bytes: number): number {
  return bytes + (bytes >> 8) + 1024;
}

export function openCompressor(): Compress {
  if (!calls)
    return (plain, level, out) => {
      const params = { [constants.ZSTD_c_compressionLevel]: level };
      const frame = zstdCompressSync(plain, { chunkSize: frameBound(plain.length), params });
      out.set(frame);
      return frame.length;
    };
  const context = calls.ZSTD_createCCtx();
  return (plain, level, out) => {
    calls.ZSTD_CCtx_setParameter(context, COMPRESSION_LEVEL, level);
    const length = calls.ZSTD_compress2(
      context,
      out,
      BigInt(out.length),
      plain,
      BigInt(plain.length),
    ) as bigint;
    if (length >= FIRST_ERROR) throw new Error('zstd could not compress into the room it was given.');
    return Number(length);
  };
}

export function openDecompressor(): Decompress {
  if (!calls)
    return (frame, out) => {
      const plain = inflate(frame, out.length);
      out.set(plain);
      return plain.length;
    };
  const context = calls.ZSTD_createDCtx();
  return (frame, out) => {
    const length = calls.ZSTD_decompressDCtx(
      context,
      out,
      BigInt(out.length),
      frame,
      BigInt(frame.length),
    ) as bigint;
    if (length >= FIRST_ERROR) throw damaged();
    return Number(length);
  };
}

function inflate(frame: Uint8Array, room: number): Buffer {
  try {
    return zstdDecompressSync(frame, { maxOutputLength: Math.max(room, 1), chunkSize: Math.max(room, 64) });
  } catch (cause) {
    throw damaged(cause);
  }
}

function damaged(cause?: unknown): EngineError {
  return new EngineError('data', because('archive.damaged', {}), 'A compressed frame cannot be read.', {
    cause,
  });
}
