/** The longest chain that ends at each asset, by the best of its stand-ins. */
import { type Demand, demandsOf } from './demands.ts';
import { demandsFrom, type Graph, RECOVERY_EDGES } from './graph.ts';
import { type Settled, settle } from './settle.ts';
import type { Standing, Timing } from './timings.ts';

export interface Chain {
  seconds: number;
  length: number;
  /** What must be back before, and takes longest; null at the start. */
  after: string | null;
  /** How far the chain is known: the worst standing of all it waits for. */
  standing: Standing;
}

export type Chains = Map<string, Settled<Chain>>;

/**
 * What is measured through and through comes before what rests on a word, and that before what nobody knows: a stand-in
 * that is only said to be faster does not push aside one that was measured.
 */
export const provenChains = (graph: Graph, timings: Map<string, Timing>): Chains =>
  chainsOf(graph, timings, { secondsOf: ({ seconds }) => seconds });

/**
 * What measures alone bear out, and so the least it can take: everything else counts as zero, and of stand-ins the fastest
 * is taken, known or not. Within a circle nothing comes first, so there each asset counts for itself.
 */
export const knownChains = (graph: Graph, timings: Map<string, Timing>): Chains =>
  chainsOf(graph, timings, {
    secondsOf: ({ standing, seconds }) => (standing === 'measured' ? seconds : 0),
    demands: (asset) => outsideCircle(graph, asset),
    ignoresStanding: true,
  });

function chainsOf(
  graph: Graph,
  timings: Map<string, Timing>,
  {
    secondsOf,
    demands = (asset) => demandsFrom(graph, `asset:${asset}`, RECOVERY_EDGES),
    ignoresStanding = false,
  }: {
    secondsOf: (timing: Timing) => number;
    demands?: (asset: string) => readonly Demand[];
    ignoresStanding?: boolean;
  },
): Chains {
  return settle<Chain>({
    nodes: [...graph.assets.keys()],
    demandsOf: demands,
    worthOf: (asset, chosen, settled) => {
      const timing = timings.get(asset)!;
      const after = longest(chosen, settled, graph);
      const before = after === null ? null : settled.get(after)!.worth;
      return {
        seconds: secondsOf(timing) + (before?.seconds ?? 0),
        length: 1 + (before?.length ?? 0),
        after,
        standing: worst([timing.standing, ...chosen.map((one) => settled.get(one)!.worth.standing)]),
      };
    },
    compare: (left, right) =>
      (ignoresStanding ? 0 : rankOf(left.standing) - rankOf(right.standing)) || left.seconds - right.seconds,
  });
}

/** Of several as long, the one with more steps; then the first by name. */
export function longest(assets: readonly string[], chains: Chains, graph: Graph): string | null {
  const rank = (asset: string) => `${graph.assets.get(asset)!.name} ${asset}`;
  return assets.reduce<string | null>((best, asset) => {
    if (best === null) return asset;
    const [one, other] = [chains.get(best)!.worth, chains.get(asset)!.worth];
    if (one.seconds !== other.seconds) return one.seconds > other.seconds ? best : asset;
    if (one.length !== other.length) return one.length > other.length ? best : asset;
    return rank(best) < rank(asset) ? best : asset;
  }, null);
}

const RANKS: Record<Standing, number> = { measured: 0, untimed: 0, declared: 1, unmeasured: 2 };
const rankOf = (standing: Standing) => RANKS[standing];

/** `measured` where all is measured or needs no measure. */
const worst = (standings: Standing[]): Standing =>
  standings.reduce<Standing>((low, next) => (rankOf(next) > rankOf(low) ? next : low), 'measured');

/** Demands on the members of its own circle cannot be met, so they are left out. */
function outsideCircle(graph: Graph, asset: string): Demand[] {
  const circle = graph.cycleOf.get(asset);
  if (!circle) return demandsFrom(graph, `asset:${asset}`, RECOVERY_EDGES);
  const needs = (graph.needs.get(`asset:${asset}`) ?? []).filter(
    ({ to }) => graph.assets.has(to) && !circle.includes(to),
  );
  return demandsOf(needs, RECOVERY_EDGES);
}
