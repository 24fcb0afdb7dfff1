/** zstd one frame at a time, into memory the caller gives: Node's own calls allocate anew for each, and half the time goes to that. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { loadCalls } from './library.ts';

/** How hard to try. What is not given is as the library chooses for the level. Source: zstd.h, `ZSTD_cParameter`. */
export interface Tuning {
  level: number;
  windowLog?: number;
  hashLog?: number;
  minMatch?: number;
}

const PARAMETERS = {
  level: constants.ZSTD_c_compressionLevel,
  windowLog: constants.ZSTD_c_windowLog,
  hashLog: constants.ZSTD_c_hashLog,
  minMatch: constants.ZSTD_c_minMatch,
};
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
export type Compress = (plain: Uint8Array, tuning: Tuning, out: Buffer) => number;

/** Undoes one frame into the start of `out` and answers its length. Throws `data` when it is damaged or does not fit. */
export type Decompress = (frame: Uint8Array, out: Buffer) => number;

/** The largest a frame of so many bytes can be. */
export function frameBound(bytes: number): number {
  return bytes + (bytes >> 8) + 1024;
}

export function openCompressor(): Compress {
  if (!calls)
    return (plain, tuning, out) => {
      const params = Object.fromEntries(settingsOf(tuning));
      const frame = zstdCompressSync(plain, { chunkSize: frameBound(plain.length), params });
      out.set(frame);
      return frame.length;
    };
  const context = calls.ZSTD_createCCtx();
  return (plain, tuning, out) => {
    for (const [parameter, value] of settingsOf(tuning))
      calls.ZSTD_CCtx_setParameter(context, parameter, value);
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

/** Every one of them each time: a context keeps what it was told. */
function settingsOf(tuning: Tuning): [parameter: number, value: number][] {
  return Object.entries(PARAMETERS).map(([name, parameter]) => [
    parameter,
    tuning[name as keyof Tuning] ?? 0,
  ]);
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
