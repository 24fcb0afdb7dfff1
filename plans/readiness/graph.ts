/** What needs what: reach, and circles in which everything waits for everything else. */
import type { ActivityFacts, AssetFacts, ClientFacts, DependencyKind } from '../facts.ts';

/** Edges a recovery must wait for. Soft and human ones do not hold it up. */
export const RECOVERY_EDGES: readonly DependencyKind[] = ['hard', 'start-order', 'data'];
/** Edges through which lost data of one are lost data of the other. */
export const DATA_EDGES: readonly DependencyKind[] = ['hard', 'data'];
export const ALL_EDGES: readonly DependencyKind[] = ['hard', 'soft', 'start-order', 'data', 'human'];

export interface Graph {
  assets: Map<string, AssetFacts>;
  /** Targets by kind of edge, keyed by `activity:<id>` or `asset:<id>`. */
  needs: Map<string, { to: string; kind: DependencyKind }[]>;
  /** Circles over recovery edges, each as ids in order of name. */
  cycles: string[][];
  /** Known assets, each after everything it must wait for, save within a circle. */
  recoveryOrder: string[];
  /** The circle an asset is in. */
  cycleOf: Map<string, string[]>;
}

export interface Reach {
  assets: AssetFacts[];
  /** Ids that dependencies point at but the inventory does not hold. */
  unknown: string[];
}

export function graphOf({ assets, dependencies }: ClientFacts): Graph {
  const known = new Map(byName(assets).map((asset) => [asset.id, asset]));
  const needs: Graph['needs'] = new Map();
  for (const { from, to, kind } of dependencies) {
    const key = `${from.kind}:${from.id}`;
    const edges = needs.get(key) ?? [];
    edges.push({ to, kind });
    needs.set(key, edges);
  }

  const components = componentsOf([...known.keys()], (id) =>
    targets(needs, `asset:${id}`, RECOVERY_EDGES).filter((to) => known.has(to)),
  );
  const cycles = components
    .filter((ids) => ids.length > 1 || targets(needs, `asset:${ids[0]}`, RECOVERY_EDGES).includes(ids[0]!))
    .map((ids) => byName(ids.map((id) => known.get(id)!)).map(({ id }) => id))
    .sort(([left = ''], [right = '']) => compareAssets(known.get(left)!, known.get(right)!));
  const cycleOf = new Map(cycles.flatMap((cycle) => cycle.map((id) => [id, cycle] as const)));
  return { assets: known, needs, cycles, cycleOf, recoveryOrder: components.flat() };
}

/** Everything that is reached from an activity over edges of the given kinds, in order of name. */
export function reach(graph: Graph, { id }: ActivityFacts, kinds: readonly DependencyKind[]): Reach {
  const seen = new Set<string>();
  const open = targets(graph.needs, `activity:${id}`, kinds);
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

/** Names of the assets of a circle, for people. */
export const namesOf = (graph: Graph, ids: string[]): string =>
  ids.map((id) => graph.assets.get(id)!.name).join(', ');

/** In order of name, then of id, so that the order of the facts never shows. */
export const byName = <Named extends { id: string; name: string }>(named: readonly Named[]): Named[] =>
  [...named].sort(compareAssets);

/** What `from` (`activity:<id>` or `asset:<id>`) needs at once. */
export const targets = (needs: Graph['needs'], from: string, kinds: readonly DependencyKind[]): string[] =>
  (needs.get(from) ?? []).filter(({ kind }) => kinds.includes(kind)).map(({ to }) => to);

function compareAssets(left: { id: string; name: string }, right: { id: string; name: string }) {
  if (left.name !== right.name) return left.name < right.name ? -1 : 1;
  return left.id < right.id ? -1 : Number(left.id > right.id);
}

/**
 * Strongly connected components by Tarjan's method, each after those it needs. It keeps its own stack, because a
 * client's graph may be deeper than the call stack.
 */
function componentsOf(nodes: string[], next: (node: string) => string[]): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const trail: string[] = [];
  const onTrail = new Set<string>();
  const components: string[][] = [];

  const enter = (node: string) => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    trail.push(node);
    onTrail.add(node);
    return { node, open: next(node) };
  };
  const lower = (node: string, to: number) => low.set(node, Math.min(low.get(node)!, to));
  const leave = (node: string) => {
    if (low.get(node) !== order.get(node)) return;
    const component = trail.splice(trail.lastIndexOf(node));
    for (const member of component) onTrail.delete(member);
    components.push(component);
  };

  for (const root of nodes) {
    if (order.has(root)) continue;
    const frames = [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const to = frame.open.pop();
      if (to === undefined) {
        frames.pop();
        leave(frame.node);
        const parent = frames.at(-1);
        if (parent) lower(parent.node, low.get(frame.node)!);
      } else if (!order.has(to)) frames.push(enter(to));
      else if (onTrail.has(to)) lower(frame.node, order.get(to)!);
    }
  }
  return components;
}
