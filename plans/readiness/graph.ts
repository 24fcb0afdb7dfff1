/** What needs what: reach, and circles in which everything waits for everything else. */
import type { ActivityFacts, AssetFacts, ClientFacts, DependencyKind } from '../facts.ts';
import { componentsOf } from './components.ts';
import { type Demand, demandsOf, type Need } from './demands.ts';
import { reachable } from './settle.ts';

/** Edges a recovery must wait for. Soft and human ones do not hold it up. */
export const RECOVERY_EDGES: readonly DependencyKind[] = ['hard', 'start-order', 'data', 'recovery'];
/** Edges through which lost data of one are lost data of the other. */
export const DATA_EDGES: readonly DependencyKind[] = ['hard', 'data'];
export const ALL_EDGES: readonly DependencyKind[] = [
  'hard',
  'soft',
  'start-order',
  'data',
  'human',
  'recovery',
];

export interface Graph {
  /** In order of name. */
  assets: Map<string, AssetFacts>;
  /** Keyed by `activity:<id>` or `asset:<id>`. */
  needs: Map<string, Need[]>;
  /** Circles over recovery edges that no stand-in opens, each as ids in order of name. */
  cycles: string[][];
  /** The circle an asset is in. */
  cycleOf: Map<string, string[]>;
}

export interface Reach {
  assets: AssetFacts[];
  /** Ids that dependencies point at but the inventory does not hold. */
  unknown: string[];
}

export function graphOf({ assets, dependencies }: Pick<ClientFacts, 'assets' | 'dependencies'>): Graph {
  const known = new Map(byName(assets).map((asset) => [asset.id, asset]));
  const needs: Graph['needs'] = new Map();
  for (const { from, to, kind, group } of dependencies) {
    const key = `${from.kind}:${from.id}`;
    const edges = needs.get(key) ?? [];
    edges.push({ to, kind, group });
    needs.set(key, edges);
  }
  const cycles = cyclesOf({ assets: known, needs });
  const cycleOf = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  return { assets: known, needs, cycles, cycleOf };
}

/** What `from` (`activity:<id>` or `asset:<id>`) demands of the assets in the inventory. */
export const demandsFrom = (
  { assets, needs }: Pick<Graph, 'assets' | 'needs'>,
  from: string,
  kinds: readonly DependencyKind[],
): Demand[] =>
  kept(demands, needs, kinds, from, () =>
    demandsOf(
      (needs.get(from) ?? []).filter(({ to }) => assets.has(to)),
      kinds,
    ),
  );

/** Everything that is reached from an activity over edges of the given kinds, stand-ins as well, in order of name. */
export function reach(
  graph: Graph,
  { id }: Pick<ActivityFacts, 'id'>,
  kinds: readonly DependencyKind[],
): Reach {
  const seen = new Set<string>();
  const open = [...targets(graph.needs, `activity:${id}`, kinds)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...targets(graph.needs, `asset:${next}`, kinds));
  }
  return {
    assets: byName([...seen].flatMap((seenId) => graph.assets.get(seenId) ?? [])),
    unknown: [...seen].filter((seenId) => !graph.assets.has(seenId)).sort(),
  };
}

/** More names than this are no sentence. */
const NAMED = 12;

/** Names of the assets of a circle, for people; of a long one the first, and how many they are. */
export function namesOf(graph: Graph, ids: string[]): string {
  const names = ids.slice(0, NAMED).map((id) => graph.assets.get(id)!.name);
  return ids.length <= NAMED ? names.join(', ') : `${names.join(', ')}, … (${ids.length})`;
}

/** In order of name, then of id, so that the order of the facts never shows. */
export const byName = <Named extends { id: string; name: string }>(named: readonly Named[]): Named[] =>
  [...named].sort(compareNamed);

/** What `from` (`activity:<id>` or `asset:<id>`) needs at once. */
const targets = (needs: Graph['needs'], from: string, kinds: readonly DependencyKind[]): readonly string[] =>
  kept(reached, needs, kinds, from, () =>
    (needs.get(from) ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ to }) => to),
  );

type Kept<Found> = WeakMap<Graph['needs'], Map<readonly DependencyKind[], Map<string, Found>>>;
const demands: Kept<Demand[]> = new WeakMap();
const reached: Kept<readonly string[]> = new WeakMap();

/** The same is asked of a graph again and again, for each activity and each scenario. */
function kept<Found>(
  all: Kept<Found>,
  needs: Graph['needs'],
  kinds: readonly DependencyKind[],
  from: string,
  find: () => Found,
): Found {
  const ofGraph = getOr(all, needs, () => new Map());
  return getOr(
    getOr(ofGraph, kinds, () => new Map()),
    from,
    find,
  );
}

function getOr<Key, Value>(
  map: { get(key: Key): Value | undefined; set(key: Key, value: Value): unknown },
  key: Key,
  make: () => Value,
): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

export function compareNamed(left: { id: string; name: string }, right: { id: string; name: string }) {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.id < right.id ? -1 : Number(left.id > right.id);
}

/** Whatever has no order of recovery either waits within such a circle or for one. */
function cyclesOf(graph: Pick<Graph, 'assets' | 'needs'>): string[][] {
  const ids = [...graph.assets.keys()];
  const demands = (id: string) => demandsFrom(graph, `asset:${id}`, RECOVERY_EDGES);
  const recovered = reachable(ids, demands);
  const waitsFor = (id: string) =>
    unmet(demands(id), recovered).flatMap(({ of }) => of.filter((to) => !recovered.has(to)));
  const stuck = ids.filter((id) => !recovered.has(id));
  return componentsOf(stuck, waitsFor)
    .filter((component) => component.length > 1 || waitsFor(component[0]!).includes(component[0]!))
    .map((component) => byName(component.map((id) => graph.assets.get(id)!)).map(({ id }) => id))
    .sort(([left = ''], [right = '']) => compareNamed(graph.assets.get(left)!, graph.assets.get(right)!));
}

/** Demands of which fewer are there than is enough. */
export const unmet = (demands: readonly Demand[], there: ReadonlySet<string>): Demand[] =>
  demands.filter(({ of, enough }) => of.filter((one) => there.has(one)).length < enough);
