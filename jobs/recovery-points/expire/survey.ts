/** Tells which packs points cite, so that what removing some would free can be said beforehand. Changes nothing. */
import type { Store } from '../../stores/store.ts';
import type { Progress } from '../contract.ts';
import { checkAsset } from '../layout.ts';
import { readHeads } from '../reconcile/holdings.ts';

export interface Surveying {
  points: string[];
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

/** A point whose head could be read. */
export interface Surveyed {
  point: string;
  packs: { sha256: string; bytes: number }[];
}

export async function surveyPoints(
  store: Store,
  asset: string,
  { points, onProgress, signal }: Surveying,
): Promise<Surveyed[]> {
  checkAsset(asset);
  const surveyed: Surveyed[] = [];
  await readHeads(store, asset, { ids: points, trust: [], signal, onProgress }, ({ head }) => {
    surveyed.push({ point: head.point, packs: head.packs });
  });
  return surveyed;
}
