/** One pack back into tar bytes: age, then each zstd frame by the lengths on record. */
import { zstdDecompressSync } from 'node:zlib';
import type { Identity } from '../age/keys.ts';
import { openAge } from '../age/open.ts';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Pack } from './packer.ts';

/** Opens a pack whose hash was compared before. Every length must be the one on record: some zstd readers take a cut frame. */
export function openPack(sealed: Buffer, { plainBytes, frames }: Pack, identities: Identity[]): Buffer {
  const compressed = openAge(sealed, identities);
  const plain = Buffer.from(new ArrayBuffer(plainBytes));
  let from = 0;
  let to = 0;
  for (const [frameBytes, contentBytes] of frames) {
    const content = decompress(compressed.subarray(from, from + frameBytes), contentBytes);
    if (content.length !== contentBytes || to + contentBytes > plainBytes)
      throw damaged('A compressed frame does not have the length on record.');
    plain.set(content, to);
    from += frameBytes;
    to += contentBytes;
  }
  if (from !== compressed.length || to !== plainBytes)
    throw damaged('The pack does not have the length on record.');
  return plain;
}

function decompress(frame: Buffer, contentBytes: number): Buffer {
  try {
    return zstdDecompressSync(frame, {
      maxOutputLength: contentBytes,
      chunkSize: Math.max(64, contentBytes),
    });
  } catch (error) {
    throw damaged('A compressed frame cannot be read.', { cause: error });
  }
}

function damaged(message: string, options: ErrorOptions = {}): EngineError {
  return new EngineError('data', because('sealed.damaged', {}), message, options);
}
