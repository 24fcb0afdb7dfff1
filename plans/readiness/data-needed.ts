/** The data an activity works with: of stand-ins, those of which least would be lost. */
import type { ActivityFacts, AssetFacts } from '../facts.ts';
import { byName, DATA_EDGES, demandsFrom, type Graph } from './graph.ts';
import { neededFor } from './needed.ts';
import type { AssetProof } from './restore-proof.ts';
import { type Settled, settle } from './settle.ts';

/** Seconds of work that would be lost with each asset and all it needs. */
export type Losses = Map<string, Settled<number>>;

/** Data sets, and data that a supplier keeps: what a backup is for. */
export const holdsData = ({ kind }: AssetFacts): boolean => kind === 'data-set' || kind === 'saas';

export const dataLosses = (graph: Graph, proof: Map<string, AssetProof>): Losses =>
  settle<number>({
    nodes: [...graph.assets.keys()],
    demandsOf: (asset) => demandsFrom(graph, `asset:${asset}`, DATA_EDGES),
    worthOf: (asset, chosen, settled) =>
      chosen.reduce(
        (worst, one) => Math.max(worst, settled.get(one)!.worth),
        holdsData(graph.assets.get(asset)!)
          ? (proof.get(asset)!.provenGapSeconds ?? Number.POSITIVE_INFINITY)
          : 0,
      ),
    compare: (left, right) => (left === right ? 0 : left - right),
  });

/** In order of name. */
export const dataNeeded = (
  activity: Pick<ActivityFacts, 'id'>,
  { graph, losses }: { graph: Graph; losses: Losses },
): AssetFacts[] =>
  byName(neededFor(activity, graph, losses, DATA_EDGES).assets.map((id) => graph.assets.get(id)!)).filter(
    holdsData,
  );
