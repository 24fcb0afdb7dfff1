/** The last point, if a new run may build on it. Whatever is in doubt makes the run a full one. */
import { type Store, StoreError } from '../stores/store.ts';
import { fingerprint } from './age/keys.ts';
import { EngineError } from './contract.ts';
import { timeOfPoint } from './layout.ts';
import type { Manifest } from './manifest/manifest.ts';
import { hasXattrs } from './native/xattrs.ts';
import { openManifest } from './open-point.ts';
import { listPoints, openHead } from './points.ts';
import { citedPacks, findAbsentPacks } from './verify/presence.ts';

/** A point is made of this many runs at most, */
const MAX_RUNS = 8;
/** the oldest of them this old: damage, a restore and a lock reach no further back. */
const MAX_AGE_MS = 14 * 86_400_000;

export interface BaseRequest {
  store: Store;
  asset: string;
  /** Opens the last manifest. Absent: there is nothing to compare with. */
  identity: string | undefined;
  /** Public key of our own, as heads carry it. */
  signer: string;
  recipients: string[];
  now: Date;
  /** A clean-up saw no backup when it began: it may take what only an expiring point holds. */
  isCleanedUp: boolean;
}

/** The point to build on, or why there is none. */
export type Base = { manifest: Manifest; because: null } | { manifest: null; because: FullReason };

export type FullReason =
  | 'no-identity'
  | 'clean-up-under-way'
  | 'first-point'
  | 'head-not-sound'
  | 'signed-by-another'
  | 'other-recipients'
  | 'runs-used-up'
  | 'too-old'
  | 'objects-missing'
  | 'attributes-not-read'
  | 'manifest-not-opened';

/** Looks at the newest point. Every pack of it is seen to be there now, so that damage is not passed on. */
export async function findBase({
  store,
  asset,
  identity,
  signer,
  recipients,
  now,
  isCleanedUp,
}: BaseRequest): Promise<Base> {
  const none = (because: FullReason): Base => ({ manifest: null, because });
  if (identity === undefined) return none('no-identity');
  if (isCleanedUp) return none('clean-up-under-way');
  const newest = (await listPoints(store, asset, { trust: [signer] })).points.at(-1);
  if (!newest) return none('first-point');
  if (newest.signature !== 'trusted')
    return none(newest.signature === 'untrusted' ? 'signed-by-another' : 'head-not-sound');
  const { head } = await openHead(store, asset, newest.id, [signer]);
  const wanted = recipients.map(fingerprint).sort().join();
  if ([...head.recipients].sort().join() !== wanted) return none('other-recipients');
  if ((await findAbsentPacks(store, asset, citedPacks(asset, head.packs))).length > 0)
    return none('objects-missing');
  try {
    const manifest = await openManifest(store, head, identity);
    const { runs } = manifest.facts;
    if (runs.length >= MAX_RUNS) return none('runs-used-up');
    if (now.getTime() - timeOfPoint(runs[0]!) > MAX_AGE_MS) return none('too-old');
    if (hasXattrs && lacksAttributes(manifest)) return none('attributes-not-read');
    return { manifest, because: null };
  } catch (error) {
    const isOfThePoint =
      error instanceof EngineError || (error instanceof StoreError && error.fault === 'not-found');
    if (!isOfThePoint) throw error;
    return none('manifest-not-opened');
  }
}

/** Whether the last run could not read attributes, as it said of the root: unchanged files would stay without them. */
function lacksAttributes(manifest: Manifest): boolean {
  const { value: root = '' } = manifest.lines().next();
  return root.includes('"code":"capture.no-attributes"');
}
