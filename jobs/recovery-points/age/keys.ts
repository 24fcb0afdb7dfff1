/** age keys of the X25519 kind: `age1…` recipients that may be known, `AGE-SECRET-KEY-1…` identities that may not. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { bech32Decode, bech32Encode } from './bech32.ts';

const PUBLIC_DER = Buffer.from('302a300506032b656e032100', 'hex');
const PRIVATE_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** A private key that opens what was sealed to its recipient. */
export interface Identity {
  key: KeyObject;
  /** Raw public key, 32 bytes. */
  publicKey: Buffer;
}

/** Makes a new identity, as text in age's own format. */
export function newIdentity(): { identity: string; recipient: string } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return {
    identity: bech32Encode('age-secret-key-', secret).toUpperCase(),
    recipient: bech32Encode('age', rawPublicKey(publicKey)),
  };
}

/**
 * Reads one recipient. Refuses anything but an X25519 one, and points of low order, with which everybody shares the same
 * secret; without repeating a secret given by mistake.
 */
export function parseRecipient(text: string): Buffer {
  const decoded = bech32Decode(text.trim());
  if (decoded?.prefix === 'age' && decoded.data.length === 32 && isOfFullOrder(decoded.data))
    return decoded.data;
  const shown = /^age1[0-9a-z]+$/.test(text.trim()) ? `"${text.trim()}"` : 'the given text';
  throw new EngineError(
    'call',
    because('key.bad-recipient', {}),
    `${shown} is not an age recipient: those begin with age1 and have 62 characters.`,
  );
}

/** Reads the identities of an identity file: one a line, empty lines and `#` comments aside. */
export function parseIdentities(text: string): Identity[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0)
    throw new EngineError(
      'call',
      because('key.bad-identity', {}),
      'The identity file holds no AGE-SECRET-KEY line.',
    );
  return keys.map(parseIdentity);
}

/** The identity whose secret these 32 bytes are. */
export function identityOf(secret: Buffer): Identity {
  const key = createPrivateKey({
    key: Buffer.concat([PRIVATE_DER, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  return { key, publicKey: rawPublicKey(createPublicKey(key)) };
}

/** The recipient that belongs to an identity. */
export function recipientOf(identity: Pick<Identity, 'publicKey'>): string {
  return bech32Encode('age', identity.publicKey);
}

/** A short name for a recipient, to be read by people and kept in the open. */
export function fingerprint(recipient: string): string {
  return createHash('sha256').update(recipient.trim()).digest('hex').slice(0, 16);
}

/** X25519 of a private and a raw public key. */
export function shareSecret(privateKey: KeyObject, publicKey: Buffer): Buffer {
  const other = createPublicKey({ key: Buffer.concat([PUBLIC_DER, publicKey]), format: 'der', type: 'spki' });
  return diffieHellman({ privateKey, publicKey: other });
}

/** OpenSSL refuses to agree on the secret that is all zero (RFC 7748, section 6.1). */
function isOfFullOrder(publicKey: Buffer): boolean {
  try {
    shareSecret(generateKeyPairSync('x25519').privateKey, publicKey);
    return true;
  } catch {
    return false;
  }
}

/** The 32 bytes of an X25519 public key. */
export function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(-32);
}

function parseIdentity(line: string): Identity {
  const decoded = bech32Decode(line);
  if (decoded?.prefix !== 'age-secret-key-' || decoded.data.length !== 32)
    throw new EngineError(
      'call',
      because('key.bad-identity', {}),
      'The identity is not an AGE-SECRET-KEY-1… line (X25519), or it was cut or mistyped.',
    );
  return identityOf(decoded.data);
}
