import type { ClientFacts } from '../facts.ts';
import { DATA_EDGES, graphOf, RECOVERY_EDGES, reach } from './graph.ts';

/** The objectives, in seconds, that the activities which need an asset put upon it; null where none does. */
export interface AssetObjectives {
  rtoSeconds: number | null;
  rpoSeconds: number | null;
}

/**
 * Objectives of each asset. The required RTO flows down to a shared asset as the smallest over its users; the RPO
 * likewise, through data edges only (rule 2 of the model).
 */
export function assetObjectives(facts: ClientFacts): Map<string, AssetObjectives> {
  const graph = graphOf(facts);
  const objectives = new Map<string, AssetObjectives>();
  for (const activity of facts.activities) {
    for (const { id } of reach(graph, activity, RECOVERY_EDGES).assets)
      lowest(objectives, id, { rtoSeconds: activity.rtoSeconds });
    for (const { id } of reach(graph, activity, DATA_EDGES).assets)
      lowest(objectives, id, { rpoSeconds: activity.rpoSeconds });
  }
  return objectives;
}

/** Keeps the smaller of what is known of an asset and what is asked now. */
export function lowest(
  objectives: Map<string, AssetObjectives>,
  asset: string,
  { rtoSeconds = null, rpoSeconds = null }: Partial<AssetObjectives>,
) {
  const known = objectives.get(asset) ?? { rtoSeconds: null, rpoSeconds: null };
  objectives.set(asset, {
    rtoSeconds: smaller(known.rtoSeconds, rtoSeconds),
    rpoSeconds: smaller(known.rpoSeconds, rpoSeconds),
  });
}

const smaller = (left: number | null, right: number | null) =>
  left === null ? right : right === null ? left : Math.min(left, right);
