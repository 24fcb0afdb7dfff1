/** Opening age v1 files, with the two failures kept apart: a key that does not fit, and bytes that are damaged. */
import { hkdfSync, timingSafeEqual } from 'node:crypto';
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { openChunk, TAG } from '../native/chacha.ts';
import { type Identity, shareSecret } from './keys.ts';
import { CHUNK, countUp, headerMac, INTRO, wrapKey } from './seal.ts';

const ZERO_NONCE = Buffer.alloc(12);
/** Of the payload, between the header and the chunks. */
const NONCE = 16;
/** For a chunk that is to lie where others are still to be read. */
const aside = Buffer.allocUnsafeSlow(CHUNK);

interface Stanza {
  kind: string;
  args: string[];
  body: Buffer;
}

/**
 * Opens a whole sealed file. Throws `inconclusive` when no identity fits and `data` when the file is damaged.
 * A damaged recipient line looks like a key that does not fit, so compare the file's SHA-256 first.
 * With `into`, which must be as long as the sealed file, nothing is allocated; it may be the sealed file itself, which
 * is then gone.
 */
export function openAge(sealed: Buffer, identities: Identity[], into: Buffer | null = null): Buffer {
  const { key, begin } = openHeader(sealed, identities);
  return openChunks(sealed.subarray(begin), key, { into });
}

/** Opens the header of a sealed file, or of its beginning: the key of its chunks, and where the first one begins. */
export function openHeader(sealed: Buffer, identities: Identity[]): { key: Buffer; begin: number } {
  const { stanzas, macText, mac, end } = readHeader(sealed);
  const fileKey = unwrap(stanzas, identities);
  if (!timingSafeEqual(headerMac(fileKey, macText), mac)) throw damaged('its header was changed');
  if (sealed.length < end + NONCE) throw damaged('it ends inside its header');
  const nonce = sealed.subarray(end, end + NONCE);
  return { key: Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32)), begin: end + NONCE };
}

/** Where a sealed file's chunks begin, when its size and that of its content are known. */
export function beginOfChunks(sealedBytes: number, contentBytes: number): number {
  return sealedBytes - contentBytes - Math.max(1, Math.ceil(contentBytes / CHUNK)) * TAG;
}

/** Where the last chunk of a sealed file begins: cut there, every chunk before it is still sound. */
export function lastChunkBorder(sealed: Buffer): number {
  const begin = readHeader(sealed).end + NONCE;
  return begin + Math.floor(Math.max(0, sealed.length - begin - 1) / (CHUNK + TAG)) * (CHUNK + TAG);
}

/** Opens whole chunks that lie one behind the other: all of a file's, or some. `first` is the number of the first of them. */
export function openChunks(
  body: Buffer,
  key: Buffer,
  {
    into = null,
    first = 0,
    hasLast = true,
  }: { into?: Buffer | null; first?: number; hasLast?: boolean } = {},
): Buffer {
  const out = into ?? Buffer.allocUnsafeSlow(body.length);
  const isOver = out.buffer === body.buffer;
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(first, 5, 6);
  let written = 0;
  let at = 0;
  do {
    const chunk = body.subarray(at, at + CHUNK + TAG);
    if (chunk.length < TAG) throw damaged('it ends early: a chunk is missing');
    at += chunk.length;
    const target = isOver ? aside : out.subarray(written);
    openOne(chunk, key, nonce, { last: hasLast && at === body.length, out: target });
    if (isOver) aside.copy(out, written, 0, chunk.length - TAG);
    if (chunk.length === TAG && at > chunk.length) throw damaged('its last chunk is empty');
    written += chunk.length - TAG;
    countUp(nonce);
  } while (at < body.length);
  return out.subarray(0, written);
}

function openOne(
  chunk: Buffer,
  key: Buffer,
  nonce: Buffer,
  { last, out }: { last: boolean; out: Buffer },
): void {
  nonce[11] = last ? 1 : 0;
  if (openChunk(key, nonce, chunk, out)) return;
  if (last) {
    // An inner chunk at the very end means that the file was cut on a chunk border.
    nonce[11] = 0;
    if (openChunk(key, nonce, chunk, out)) throw damaged('it ends early, on a chunk border');
  }
  throw damaged('its content does not authenticate');
}

function unwrap(stanzas: Stanza[], identities: Identity[]): Buffer {
  for (const { kind, args, body } of stanzas) {
    if (kind !== 'X25519' || body.length !== 32) continue;
    const ephemeral = Buffer.from(args[0] ?? '', 'base64');
    if (ephemeral.length !== 32) throw damaged('a recipient line is malformed');
    for (const identity of identities) {
      const key = wrapKey(shareSecret(identity.key, ephemeral), ephemeral, identity.publicKey);
      const fileKey = Buffer.alloc(16);
      if (openChunk(key, ZERO_NONCE, body, fileKey)) return fileKey;
    }
  }
  throw new EngineError(
    'inconclusive',
    because('key.not-fitting', {}),
    'The key does not open this: it was sealed to other recipients.',
  );
}

function readHeader(sealed: Buffer) {
  if (!sealed.subarray(0, INTRO.length).equals(Buffer.from(INTRO))) throw damaged('it is not an age file');
  const macAt = sealed.indexOf('\n---', INTRO.length - 1, 'latin1');
  const lineEnd = macAt < 0 ? -1 : sealed.indexOf('\n', macAt + 1, 'latin1');
  if (lineEnd < 0) throw damaged('it ends inside its header');
  const said = sealed.toString('latin1', macAt + 1, lineEnd);
  const mac = Buffer.from(said.slice(4), 'base64');
  // Written in one way only (age-encryption.org/v1): what the code of itself does not cover may not be changed either.
  if (mac.length !== 32 || said !== `--- ${mac.toString('base64').replace(/=+$/, '')}`)
    throw damaged('its header is malformed');
  const stanzas = readStanzas(sealed.toString('latin1', INTRO.length, macAt + 1));
  return { stanzas, macText: sealed.toString('latin1', 0, macAt + 4), mac, end: lineEnd + 1 };
}

function readStanzas(text: string): Stanza[] {
  const stanzas: Stanza[] = [];
  for (const line of text.split('\n').slice(0, -1)) {
    const current = stanzas.at(-1);
    if (line.startsWith('-> ')) {
      const [kind = '', ...args] = line.slice(3).split(' ');
      stanzas.push({ kind, args, body: Buffer.alloc(0) });
    } else if (current) {
      current.body = Buffer.concat([current.body, Buffer.from(line, 'base64')]);
    } else throw damaged('its header is malformed');
  }
  return stanzas;
}

function damaged(what: string): EngineError {
  return new EngineError('data', because('sealed.damaged', {}), `The sealed file is damaged: ${what}.`);
}
