/** What leaving points would free of a store, by the packs that nothing else needs. */

export interface Pack {
  name: string;
  bytes: number;
}

export interface PackedPoint {
  /** Its own, and those of earlier runs that it cites. */
  packs: readonly Pack[];
}

/** Bytes in all, of what stays, of what may go, and of what may go by the rules but a lock keeps, and somebody pays for. */
export interface BytesByFate {
  stay: number;
  free: number;
  lockedThough: number;
}

export function bytesByFate(
  verdicts: readonly { point: PackedPoint; because: readonly { code: string }[]; isByRules: boolean }[],
): BytesByFate {
  const fates = new Map<string, { bytes: number; rank: number }>();
  for (const { point, because, isByRules } of verdicts) {
    const rank = rankOf(because, isByRules);
    for (const { name, bytes } of point.packs)
      fates.set(name, { bytes, rank: Math.max(rank, fates.get(name)?.rank ?? 0) });
  }
  const sum = (rank: number) =>
    [...fates.values()].reduce((total, pack) => total + (pack.rank === rank ? pack.bytes : 0), 0);
  return { free: sum(0), lockedThough: sum(1), stay: sum(2) };
}

/** A pack fares as the point does that needs it most. */
function rankOf(because: readonly { code: string }[], isByRules: boolean): 0 | 1 | 2 {
  if (because.length === 0) return 0;
  return !isByRules && because.every(({ code }) => code === 'locked') ? 1 : 2;
}
