/** What has to be back for an activity: everything it demands, and of stand-ins only those that are taken. */
import type { ActivityFacts, DependencyKind } from '../facts.ts';
import type { Demand } from './demands.ts';
import { demandsFrom, type Graph, RECOVERY_EDGES } from './graph.ts';
import type { Settled } from './settle.ts';

export interface Needed {
  /** What the activity itself demands. */
  direct: string[];
  /** All of it, each after what it waits for; what waits in or for a circle comes last. */
  assets: string[];
}

/** What was settled, the best first. */
type Order = Map<string, Settled<unknown>>;

export function neededFor(
  { id }: Pick<ActivityFacts, 'id'>,
  graph: Graph,
  order: Order,
  kinds: readonly DependencyKind[] = RECOVERY_EDGES,
): Needed {
  const rank = rankIn(order);
  const taken = (demands: readonly Demand[]) => demands.flatMap((demand) => takenOf(demand, rank));
  const direct = [...new Set(taken(demandsFrom(graph, `activity:${id}`, kinds)))];
  const seen = new Set<string>();
  const open = [...direct];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(order.get(next)?.chosen ?? taken(demandsFrom(graph, `asset:${next}`, kinds))));
  }
  const never = [...graph.assets.keys()].filter((asset) => !order.has(asset));
  return { direct, assets: [...order.keys(), ...never].filter((asset) => seen.has(asset)) };
}

/** The best that are enough; all of them where too few are ever back. */
function takenOf({ of, enough }: Demand, rank: Map<string, number>): string[] {
  const back = of
    .filter((asset) => rank.has(asset))
    .sort((left, right) => rank.get(left)! - rank.get(right)!);
  return back.length < enough ? of : back.slice(0, enough);
}

const ranks = new WeakMap<Order, Map<string, number>>();

/** Kept, because each activity asks. */
function rankIn(order: Order): Map<string, number> {
  const known = ranks.get(order);
  if (known) return known;
  const rank = new Map([...order.keys()].map((asset, index) => [asset, index]));
  ranks.set(order, rank);
  return rank;
}
