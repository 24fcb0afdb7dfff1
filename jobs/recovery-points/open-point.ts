/** From a point's name to its head and manifest, each checked against the one before. */
import { hash } from 'node:crypto';
import type { Store } from '../stores/store.ts';
import { type Identity, parseIdentities } from './age/keys.ts';
import { openAge } from './age/open.ts';
import { EngineError } from './contract.ts';
import { because, type Finding } from './finding-codes.ts';
import type { Head } from './head.ts';
import { pointKeys } from './layout.ts';
import { Manifest } from './manifest/manifest.ts';
import { getOrNull, type OpenedHead, openHead } from './points.ts';

/** Reads a head that may be relied on: a broken signature or an unknown signer ends it here. */
export async function openTrustedHead(
  store: Store,
  asset: string,
  pointId: string,
  trust: string[],
): Promise<OpenedHead> {
  const opened = await openHead(store, asset, pointId, trust);
  const objection = objectionTo(opened.signature, pointId);
  if (objection) {
    const { message, ...why } = objection;
    throw new EngineError('data', why, `${pointId}: ${message}`, { where: 'head.json.sig' });
  }
  return opened;
}

/** What is wrong with a signature, or null. */
export function objectionTo(signature: OpenedHead['signature'], point: string): Finding | null {
  if (signature === 'broken')
    return {
      ...because('head.altered', { point }),
      message: 'The signature does not fit the head: one of them was changed.',
    };
  if (signature === 'untrusted')
    return {
      ...because('head.signer-unknown', { point }),
      message: 'The head is signed by a key that is not trusted.',
    };
  return null;
}

/** Fetches and opens the manifest a head cites. */
export async function openManifest(store: Store, head: Head, identity: string): Promise<Manifest> {
  const key = pointKeys(head.asset, head.point).manifest;
  const sealed = await getOrNull(store, key);
  if (!sealed)
    throw new EngineError(
      'data',
      because('manifest.missing', { object: key }),
      `The manifest ${key} is missing.`,
      { where: key },
    );
  return readSealedManifest(sealed, head, parseIdentities(identity), key);
}

/** Opens a sealed manifest where it lies, so that there is one copy of it, and checks it against the head that cites it. */
export function readSealedManifest(
  sealed: Buffer,
  head: Head,
  identities: Identity[],
  where: string,
): Manifest {
  const sha256 = hash('sha256', sealed);
  if (sha256 !== head.manifest.sha256)
    throw new EngineError(
      'data',
      because('manifest.altered', { object: where }),
      `The manifest is not the one the head cites: SHA-256 ${sha256}.`,
      { where },
    );
  return checkAgainstHead(
    new Manifest(openAge(sealed, identities, sealed), { asset: head.asset, pointId: head.point }),
    head,
  );
}

/** The manifest must describe exactly the packs and the number of entries that the signed head tells. */
export function checkAgainstHead(manifest: Manifest, head: Head): Manifest {
  const isSame =
    manifest.packs.length === head.packs.length &&
    manifest.packs.every(
      ({ sha256, bytes }, i) => sha256 === head.packs[i]?.sha256 && bytes === head.packs[i]?.bytes,
    ) &&
    manifest.facts.entryCount === head.entries &&
    manifest.facts.runs.length === head.runs;
  if (isSame) return manifest;
  throw new EngineError(
    'data',
    because('manifest.differs-from-head', { point: head.point }),
    'The manifest and the head do not tell of the same packs and entries.',
    { where: 'manifest.json.zst.age' },
  );
}
