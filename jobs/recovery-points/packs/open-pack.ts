/** One pack back into tar bytes: age, then each zstd frame by the lengths on record. */
import type { Identity } from '../age/keys.ts';
import { openAge } from '../age/open.ts';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { openDecompressor } from '../native/zstd.ts';
import type { Pack } from './packer.ts';
import { PACK_BYTES, SEALED_BYTES } from './sizes.ts';

const decompress = openDecompressor();

/** Opens packs one after the other into the same memory: what `open` answers is valid until the next call. */
export class PackOpener {
  #compressed = Buffer.allocUnsafeSlow(SEALED_BYTES);
  #plain = Buffer.allocUnsafeSlow(PACK_BYTES);

  /** Opens a pack whose hash was compared before. Every length must be the one on record: some readers take a cut frame. */
  open(
    sealed: Buffer,
    { plainBytes, frames }: Pick<Pack, 'plainBytes' | 'frames'>,
    identities: Identity[],
  ): Buffer {
    if (this.#compressed.length < sealed.length) this.#compressed = Buffer.allocUnsafeSlow(sealed.length);
    if (this.#plain.length < plainBytes) this.#plain = Buffer.allocUnsafeSlow(plainBytes);
    const compressed = openAge(sealed, identities, this.#compressed);
    let [from, to] = [0, 0];
    for (const [frameBytes, contentBytes] of frames) {
      const frame = compressed.subarray(from, from + frameBytes);
      if (to + contentBytes > plainBytes || frame.length !== frameBytes || frameBytes === 0)
        throw misfit('A frame');
      if (decompress(frame, this.#plain.subarray(to, to + contentBytes)) !== contentBytes)
        throw misfit('A frame');
      from += frameBytes;
      to += contentBytes;
    }
    if (from !== compressed.length || to !== plainBytes) throw misfit('The pack');
    return this.#plain.subarray(0, plainBytes);
  }
}

function misfit(what: string): EngineError {
  const message = `${what} does not have the length on record.`;
  return new EngineError('data', because('archive.damaged', {}), message);
}
