/** Sealing in age v1: a header that wraps a fresh file key for each recipient, then 64 KiB ChaCha20-Poly1305 chunks. */
import { createCipheriv, createHmac, generateKeyPairSync, hkdfSync, randomBytes } from 'node:crypto';
import { sealChunk, TAG } from '../native/chacha.ts';
import { rawPublicKey, shareSecret } from './keys.ts';

export const CHUNK = 65_536;
export const INTRO = 'age-encryption.org/v1\n';
const ZERO_NONCE = Buffer.alloc(12);

/** Size of the sealed form of so many bytes, for so many recipients. */
export function sealedBound(bytes: number, recipients: number): number {
  return bytes + (Math.floor(bytes / CHUNK) + 1) * TAG + 16 + 128 + recipients * 128;
}

/** Seals pieces given one after the other into a buffer of the caller's, which must have room for `sealedBound`. */
export class AgeSealer {
  readonly #out: Buffer;
  #length = 0;
  readonly #key: Buffer;
  readonly #held = Buffer.allocUnsafeSlow(CHUNK);
  #heldBytes = 0;
  readonly #nonce = Buffer.alloc(12);

  constructor(recipients: Buffer[], out: Buffer) {
    const fileKey = randomBytes(16);
    const payloadNonce = randomBytes(16);
    this.#out = out;
    this.#append(writeHeader(fileKey, recipients));
    this.#append(payloadNonce);
    this.#key = Buffer.from(hkdfSync('sha256', fileKey, payloadNonce, 'payload', 32));
  }

  update(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#heldBytes === CHUNK) this.#flush(this.#held, false);
      // A full chunk is sealed from where it lies; it may only be the last one if nothing follows.
      if (this.#heldBytes === 0 && piece.length - at > CHUNK) {
        this.#flush(piece.subarray(at, at + CHUNK), false);
        at += CHUNK;
        continue;
      }
      const taken = Math.min(CHUNK - this.#heldBytes, piece.length - at);
      this.#held.set(piece.subarray(at, at + taken), this.#heldBytes);
      this.#heldBytes += taken;
      at += taken;
    }
  }

  /** Seals what is left and answers the whole sealed file. The sealer is spent afterwards. */
  finish(): Buffer {
    this.#flush(this.#held.subarray(0, this.#heldBytes), true);
    return this.#out.subarray(0, this.#length);
  }

  #flush(chunk: Uint8Array, last: boolean): void {
    if (last) this.#nonce[11] = 1;
    const end = this.#length + chunk.length + TAG;
    if (end > this.#out.length) throw new Error('The sealed file does not fit the room it was given.');
    sealChunk(this.#key, this.#nonce, chunk, this.#out.subarray(this.#length, end));
    this.#length = end;
    this.#heldBytes = 0;
    countUp(this.#nonce);
  }

  #append(bytes: Uint8Array): void {
    this.#out.set(bytes, this.#length);
    this.#length += bytes.length;
  }
}

/** Seals one buffer. */
export function seal(plain: Uint8Array, recipients: Buffer[]): Buffer {
  return sealPieces([plain], plain.length, recipients);
}

/** Seals pieces of so many bytes together, of which one at a time need be in memory. */
export function sealPieces(pieces: Iterable<Uint8Array>, bytes: number, recipients: Buffer[]): Buffer {
  const sealer = new AgeSealer(recipients, Buffer.allocUnsafeSlow(sealedBound(bytes, recipients.length)));
  for (const piece of pieces) sealer.update(piece);
  return sealer.finish();
}

/** Adds one to the big-endian counter in the first eleven bytes of a STREAM nonce. */
export function countUp(nonce: Buffer): void {
  for (let i = 10; i >= 0; i--) {
    nonce[i] = (nonce[i]! + 1) & 255;
    if (nonce[i] !== 0) return;
  }
}

/** The key that wraps a file key, out of an X25519 secret. */
export function wrapKey(shared: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  const salt = Buffer.concat([ephemeral, recipient]);
  return Buffer.from(hkdfSync('sha256', shared, salt, 'age-encryption.org/v1/X25519', 32));
}

/** MAC over a header up to and with its `---`. */
export function headerMac(fileKey: Buffer, header: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32));
  return createHmac('sha256', key).update(header, 'latin1').digest();
}

function writeHeader(fileKey: Buffer, recipients: Buffer[]): Buffer {
  const stanzas = recipients.map((recipient) => writeStanza(fileKey, recipient));
  const header = `${INTRO}${stanzas.join('')}---`;
  return Buffer.from(`${header} ${base64(headerMac(fileKey, header))}\n`, 'latin1');
}

function writeStanza(fileKey: Buffer, recipient: Buffer): string {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const ephemeral = rawPublicKey(publicKey);
  const key = wrapKey(shareSecret(privateKey, recipient), ephemeral, recipient);
  const cipher = createCipheriv('chacha20-poly1305', key, ZERO_NONCE, { authTagLength: TAG });
  const wrapped = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  return `-> X25519 ${base64(ephemeral)}\n${base64(wrapped)}\n`;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
