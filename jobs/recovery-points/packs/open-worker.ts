/** A thread that checks fetched packs and opens them back into tar bytes. */
import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { type Identity, parseIdentities } from '../age/keys.ts';
import { EngineError } from '../contract.ts';
import type { Because } from '../finding-codes.ts';
import { openPack } from './open-pack.ts';
import type { Pack } from './packer.ts';

export interface ToOpener {
  index: number;
  sealed: ArrayBuffer;
  bytes: number;
  sha256: string;
  /** Absent: only the hash is compared. */
  open?: { identity: string; pack: Pack };
}

/** Why a pack could not be opened. */
export interface PackFailure {
  kind: EngineError['kind'];
  because: Because;
  message: string;
}

export interface FromOpener {
  index: number;
  /** SHA-256 of what was fetched. */
  sha256: string;
  plain: ArrayBuffer | null;
  plainBytes: number;
  failure: PackFailure | null;
}

let known: { text: string; identities: Identity[] } = { text: '', identities: [] };

parentPort!.on('message', (message: ToOpener) => {
  const answer = examine(message);
  parentPort!.postMessage(answer, answer.plain ? [answer.plain] : []);
});

function examine({ index, sealed, bytes, sha256: expected, open }: ToOpener): FromOpener {
  const buffer = Buffer.from(sealed, 0, bytes);
  const sha256 = hash('sha256', buffer);
  const nothing = { index, sha256, plain: null, plainBytes: 0, failure: null };
  if (sha256 !== expected || !open) return nothing;
  try {
    const plain = openPack(buffer, open.pack, identitiesOf(open.identity));
    return { ...nothing, plain: plain.buffer as ArrayBuffer, plainBytes: plain.length };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { ...nothing, failure: { kind: error.kind, because: error.because, message: error.message } };
  }
}

function identitiesOf(text: string): Identity[] {
  if (known.text !== text) known = { text, identities: parseIdentities(text) };
  return known.identities;
}
