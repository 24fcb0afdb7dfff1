/** Each request of an agent carries a signed note of what it is: of one request, for one service, at one moment (as RFC 9449 does). */
import { createHash, randomUUID } from 'node:crypto';
import {
  type CryptoKey,
  calculateJwkThumbprint,
  decodeProtectedHeader,
  importJWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import type { PublicKey } from './protocol.ts';

const TYPE = 'reprise-agent+jwt';
/** How far the agent's clock may be off, in seconds. */
export const TOLERANCE_SECONDS = 300;

export interface AgentRequest {
  method: string;
  /** Without host and query. */
  path: string;
  body: Uint8Array;
}

const Note = z.object({
  aud: z.string(),
  htm: z.string(),
  htu: z.string(),
  iat: z.int(),
  jti: z.uuid(),
  sha256: z.string(),
});

/** The name of a key everywhere: its thumbprint (RFC 7638). */
export const nameOfKey = (key: PublicKey): Promise<string> => calculateJwkThumbprint(key);

/** `service` is the name of the key that signs orders: what is signed for one service is nothing to another. */
export function proveRequest(
  { method, path, body }: AgentRequest,
  { key, keyName, service, now }: { key: CryptoKey; keyName: string; service: string; now: Date },
): Promise<string> {
  return new SignJWT({ htm: method, htu: path, sha256: hashOf(body) })
    .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid: keyName })
    .setAudience(service)
    .setIssuedAt(Math.floor(now.getTime() / 1000))
    .setJti(randomUUID())
    .sign(key);
}

/** Which key a note says it is signed by; null when it is none. Nothing is checked yet. */
export function signerNamed(note: string): string | null {
  try {
    const { kid, typ } = decodeProtectedHeader(note);
    return typ === TYPE && typeof kid === 'string' && /^[\w-]{43}$/.test(kid) ? kid : null;
  } catch {
    return null;
  }
}

/** `stale`: signed too long ago or in the future, which a wrong clock explains; `forged`: anything else. */
export type Checked = { id: string } | 'stale' | 'forged';

/** Holds a note to the request it came with. Its id must not be taken twice; whoever calls sees to that. */
export async function checkRequest(
  note: string,
  { method, path, body }: AgentRequest,
  { key, service, now }: { key: PublicKey; service: string; now: Date },
): Promise<Checked> {
  const said = await readSigned(note, key);
  if (
    !said ||
    said.aud !== service ||
    said.htm !== method ||
    said.htu !== path ||
    said.sha256 !== hashOf(body)
  )
    return 'forged';
  const isNow = Math.abs(now.getTime() / 1000 - said.iat) <= TOLERANCE_SECONDS;
  return isNow ? { id: said.jti } : 'stale';
}

async function readSigned(note: string, key: PublicKey) {
  try {
    const { payload } = await jwtVerify(note, await importJWK(key, 'EdDSA'), {
      typ: TYPE,
      algorithms: ['EdDSA'],
    });
    return Note.safeParse(payload).data ?? null;
  } catch {
    return null;
  }
}

const hashOf = (body: Uint8Array) => createHash('sha256').update(body).digest('base64url');
