/** Recovery points that a scenario leaves, newest first, and why the others do not help. */
import type { AssetFacts, Reason, RecoveryPointFacts } from '../facts.ts';
import { type AssetProof, proofOf } from '../readiness/restore-proof.ts';
import { compareTimes } from '../readiness/time.ts';
import { because } from './reasons.ts';
import type { Removed } from './removed.ts';
import type { DrillAsked, DrillSetting, DrillStore } from './setting.ts';

export interface Candidate {
  point: string;
  dataTime: string;
  store: string;
  /** Contacts of whom any one can open it with the recovery key; empty where nobody is named. */
  openedBy: string[];
  isLocked: boolean;
}

export interface Surviving {
  /** Newest first. Of two in one store that the same people open, only the newer one. */
  candidates: Candidate[];
  /** Why the newest point of all does not help, when no point does. */
  reason: Reason | null;
}

/** By asset; those without a point have no entry. */
export function survivingPoints(
  asked: DrillAsked,
  setting: DrillSetting,
  removed: Removed,
): Map<string, Surviving> {
  const { facts } = setting;
  const proof = proofOf(facts);
  const points = Map.groupBy(facts.recoveryPoints, ({ asset }) => asset);
  return new Map(
    facts.assets.flatMap((asset) => {
      const own = points.get(asset.id) ?? [];
      if (own.length === 0) return [];
      return [
        [asset.id, survivorsOf(asset, own, proof.get(asset.id)!, { asked, setting, removed })] as const,
      ];
    }),
  );
}

interface Within {
  asked: DrillAsked;
  setting: DrillSetting;
  removed: Removed;
}

function survivorsOf(
  asset: AssetFacts,
  points: RecoveryPointFacts[],
  { provenPoints }: AssetProof,
  within: Within,
): Surviving {
  const proven = new Set(provenPoints.map(({ id }) => id));
  const newestFirst = points.toSorted(
    (left, right) => compareTimes(right.dataTime, left.dataTime) || (left.id < right.id ? -1 : 1),
  );
  const candidates = new Map<string, Candidate>();
  const reasons: Reason[] = [];
  for (const point of newestFirst) {
    const found = judge(asset, point, proven.has(point.id), within);
    if ('key' in found) {
      reasons.push(found);
      continue;
    }
    const alike = `${found.store} ${found.openedBy.join(' ')}`;
    if (!candidates.has(alike)) candidates.set(alike, found);
  }
  return {
    candidates: [...candidates.values()],
    reason: candidates.size === 0 ? worthSaying(reasons) : null,
  };
}

/** That a point was taken says more than that it was never tried. */
const worthSaying = (reasons: Reason[]): Reason =>
  reasons.find(({ key }) => key !== 'drill.point-unproven') ?? reasons[0]!;

function judge(
  { name: asset }: AssetFacts,
  point: RecoveryPointFacts,
  isProven: boolean,
  { asked: { compromisedAt }, setting, removed }: Within,
): Candidate | Reason {
  const place = setting.places.get(point.id);
  const store = setting.stores.find(({ id }) => id === place?.store);
  if (!place || !store || !isProven) return because('drill.point-unproven', { asset });
  if (compromisedAt !== null && compareTimes(point.endedAt, compromisedAt) > 0)
    return because('drill.point-after-intrusion', { asset, compromisedAt });
  const taken = takenStore(asset, store, removed, setting);
  if (taken) return taken;
  const holders = holdersOf(place.sealedTo, setting);
  const there = holders.filter(({ contact }) => !removed.absent.has(contact));
  if (holders.length > 0 && there.length === 0)
    return because('drill.key-held-by-absent', {
      asset,
      holders: holders.map(({ name }) => name).join(', '),
    });
  return {
    point: point.id,
    dataTime: point.dataTime,
    store: store.id,
    openedBy: there.map(({ contact }) => contact).sort(),
    isLocked: point.lock?.mode === 'compliance' && compareTimes(point.lock.until, setting.facts.now) > 0,
  };
}

function takenStore(
  asset: string,
  { id, name: store, site }: DrillStore,
  { stores }: Removed,
  { facts }: DrillSetting,
): Reason | null {
  const by = stores.get(id);
  if (by === 'account') return because('drill.point-in-lost-account', { asset, store });
  if (by === undefined) return null;
  return because('drill.point-at-lost-site', {
    asset,
    store,
    site: facts.sites.find((one) => one.id === site)?.name ?? '',
  });
}

/** Everybody who is on record as holding a key that opens it. */
const holdersOf = (sealedTo: string[], { facts }: DrillSetting) =>
  facts.recoveryKeys
    .filter(({ fingerprint }) => sealedTo.includes(fingerprint))
    .flatMap(({ holders }) => holders);
