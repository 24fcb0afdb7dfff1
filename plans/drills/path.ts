/** Whether everything comes back from what a scenario leaves, from which point, by which stand-ins, and after what. */
import {
  allOf,
  contactDemand,
  holderDemand,
  oneOf,
  planDemand,
  plansByAsset,
} from '../readiness/come-back.ts';
import type { Demand } from '../readiness/demands.ts';
import { byName, demandsFrom, type Graph, RECOVERY_EDGES } from '../readiness/graph.ts';
import { reachable, type Settled, settle } from '../readiness/settle.ts';
import type { Removed } from './removed.ts';
import type { DrillAsked, DrillSetting } from './setting.ts';
import type { Surviving } from './surviving-points.ts';

export interface Path {
  /** What each thing waits for: assets, points, stores, plans and contacts, by `kind:id`. */
  demands: Map<string, Demand[]>;
  /** What comes back, in the order of times; of each demand, what meets it. */
  settled: Map<string, Settled<number>>;
  /** The point that each asset is restored from. */
  points: Map<string, string>;
}

export interface Ground {
  asked: DrillAsked;
  setting: DrillSetting;
  graph: Graph;
  removed: Removed;
  surviving: Map<string, Surviving>;
}

/** `secondsOf` an asset is how long bringing it back takes, once all that it waits for is there. */
export function findPath(ground: Ground, secondsOf: (asset: string) => number): Path {
  const demands = demandsOn(ground);
  const points = choosePoints(demands, ground);
  for (const [asset, point] of points) narrow(demands, asset, point);
  const { down } = ground.removed;
  const settled = settle<number>({
    nodes: [...demands.keys()],
    demandsOf: (node) => demands.get(node)!,
    worthOf: (node, chosen, before) => {
      const [kind, id = ''] = node.split(':');
      const own = kind === 'asset' && down.has(id) ? secondsOf(id) : 0;
      return own + chosen.reduce((most, one) => Math.max(most, before.get(one)!.worth), 0);
    },
    compare: (left, right) => left - right,
  });
  return { demands, settled, points };
}

const NEVER: Demand = { of: [], enough: 1 };

function demandsOn({ asked, setting, graph, removed, surviving }: Ground): Path['demands'] {
  const { facts, stores } = setting;
  const { down, gone, absent } = removed;
  const plans = plansByAsset(asked.scenario, { facts, graph });
  const isBackedUp = new Set(facts.policies.map(({ asset }) => asset));
  const demands: Path['demands'] = new Map();
  for (const asset of graph.assets.values()) {
    const { id } = asset;
    const isDown = down.has(id);
    const points = surviving.get(id)?.candidates ?? [];
    demands.set(`asset:${id}`, [
      ...(gone.has(id) ? [NEVER] : []),
      ...holderDemand(asset, facts),
      ...(isDown ? demandsFrom(graph, `asset:${id}`, RECOVERY_EDGES).map(ofAssets) : []),
      ...(isDown && (isBackedUp.has(id) || surviving.has(id))
        ? [anyOf(points.map(({ point }) => point))]
        : []),
      ...(isDown && plans.has(id) ? [oneOf('plan', plans.get(id)!)] : []),
    ]);
    for (const { point, store, openedBy } of points)
      demands.set(`point:${point}`, [
        oneOf('store', [store]),
        ...(openedBy.length > 0 ? [oneOf('contact', openedBy)] : []),
      ]);
  }
  for (const store of stores) demands.set(`store:${store.id}`, allOf(store.needs, graph));
  for (const plan of facts.plans) demands.set(`plan:${plan.id}`, planDemand(plan, graph));
  for (const contact of facts.contacts)
    demands.set(`contact:${contact.id}`, absent.has(contact.id) ? [NEVER] : contactDemand(contact, graph));
  return demands;
}

const ofAssets = ({ of, enough }: Demand): Demand => ({ of: of.map((id) => `asset:${id}`), enough });
const anyOf = (points: string[]): Demand => ({ of: points.map((id) => `point:${id}`), enough: 1 });

/**
 * The newest point of each asset with which everything else still comes back: one whose store itself waits for the asset
 * is no help, however new. Assets choose in order of name.
 */
function choosePoints(all: Path['demands'], { graph, surviving, removed }: Ground): Map<string, string> {
  const demands = new Map(all);
  const back = reachable([...demands.keys()], (node) => demands.get(node)!);
  const chosen = new Map<string, string>();
  for (const { id } of byName([...graph.assets.values()])) {
    if (!removed.down.has(id) || !back.has(`asset:${id}`)) continue;
    const points = surviving.get(id)?.candidates.map(({ point }) => point) ?? [];
    const point = points.find((one) => points.length === 1 || isEnough(demands, id, one, back));
    if (point === undefined) continue;
    chosen.set(id, point);
    narrow(demands, id, point);
  }
  return chosen;
}

/** Whether all assets that could come back still do when this one comes back from this point alone. */
function isEnough(demands: Path['demands'], asset: string, point: string, back: Set<string>): boolean {
  const trial = new Map(demands);
  narrow(trial, asset, point);
  const found = reachable([...trial.keys()], (node) => trial.get(node)!);
  return [...back].every((node) => found.has(node) || node.startsWith('point:'));
}

function narrow(demands: Path['demands'], asset: string, point: string) {
  const node = `asset:${asset}`;
  demands.set(
    node,
    demands
      .get(node)!
      .map((demand) => (demand.of.some((one) => one.startsWith('point:')) ? anyOf([point]) : demand)),
  );
}
