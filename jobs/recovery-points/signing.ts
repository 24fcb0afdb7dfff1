/** Ed25519 over heads: age shows that nobody changed a pack, not who made it. */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { EngineError, type ListedPoint } from './contract.ts';
import { because } from './finding-codes.ts';

const SPKI_BYTES = 44;

/** Makes a new signing key, both halves as PEM. */
export function newSigningKey(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

/** Reads a private key. The message of a refusal holds nothing of it. */
export function parseSigningKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The parser's message may quote the key.
  }
  throw new EngineError(
    'call',
    because('key.bad-signing-key', {}),
    'The signing key is not an Ed25519 private key in PKCS#8 PEM.',
  );
}

/** Reads a public key: PEM, or the base64 of its DER form as heads carry it. */
export function parseTrustedKey(text: string): string {
  const trimmed = text.trim();
  try {
    const key = trimmed.startsWith('-----') ? createPublicKey(trimmed) : fromBase64(trimmed);
    if (key.asymmetricKeyType === 'ed25519' && !trimmed.includes('PRIVATE')) return toBase64(key);
  } catch {
    // Said below, in our own words.
  }
  throw new EngineError(
    'call',
    because('key.bad-trusted-key', {}),
    'A key to trust is an Ed25519 public key: PEM, or the base64 text of it.',
  );
}

export function signHead(head: Buffer, key: KeyObject): Buffer {
  return sign(null, head, key);
}

/** The public half as heads carry it. */
export function signerOf(key: KeyObject): string {
  return toBase64(createPublicKey(key));
}

/** Judges a head's signature. `trust` holds keys as `parseTrustedKey` answers them. */
export function judgeSignature(
  head: Buffer,
  signature: Buffer | null,
  signer: string,
  trust: string[],
): ListedPoint['signature'] {
  if (signature?.length !== 64 || !isSigned(head, signature, signer)) return 'broken';
  if (trust.length === 0) return 'self-consistent';
  return trust.includes(signer) ? 'trusted' : 'untrusted';
}

function isSigned(head: Buffer, signature: Buffer, signer: string): boolean {
  try {
    return verify(null, head, fromBase64(signer), signature);
  } catch {
    // A signer that is no key signs nothing.
    return false;
  }
}

function fromBase64(text: string): KeyObject {
  const der = Buffer.from(text, 'base64');
  if (der.length !== SPKI_BYTES) throw new Error('not an Ed25519 key');
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function toBase64(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('base64');
}
