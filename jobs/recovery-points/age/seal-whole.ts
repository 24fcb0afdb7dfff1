/** Seals a whole file at once, as the `age` program would. */
import { parseRecipient } from './keys.ts';
import { AgeSealer, sealedBound } from './seal.ts';

export function sealWhole(content: Uint8Array, recipients: readonly string[]): Buffer {
  const keys = recipients.map(parseRecipient);
  const sealer = new AgeSealer(keys, Buffer.alloc(sealedBound(content.length, keys.length)));
  sealer.update(content);
  return Buffer.from(sealer.finish());
}
