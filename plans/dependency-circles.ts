/** Circles: what waits for itself in the end. They are legal to say, since they may be true, and worth knowing. */
import type { Dependency } from './dependencies.ts';
import type { DependencyKind } from './facts.ts';

/** Needs without which the other cannot run, start or be brought back. */
const WAITS: readonly DependencyKind[] = ['hard', 'start-order', 'data', 'recovery'];

type Edge = Pick<Dependency, 'id' | 'from' | 'to' | 'kind' | 'group' | 'requiredK'>;

/** Assets of the shortest circle that a dependency closes, from what needs to what is needed and back; null: none. */
export function circleThrough(dependencies: readonly Edge[], one: Edge): string[] | null {
  if (!holdsUp(dependencies, one)) return null;
  const edges = dependencies.filter((edge) => holdsUp(dependencies, edge));
  const needsOf = Map.groupBy(edges, ({ from }) => from.id);
  const cameFrom = new Map<string, string | null>([[one.to, null]]);
  const open = [one.to];
  for (let at = open.shift(); at !== undefined; at = open.shift()) {
    if (at === one.from.id) return wayTo(at, cameFrom);
    for (const { to } of needsOf.get(at) ?? [])
      if (!cameFrom.has(to)) {
        cameFrom.set(to, at);
        open.push(to);
      }
  }
  return null;
}

/** Where others can stand in, this one is not waited for. */
function holdsUp(dependencies: readonly Edge[], { from, kind, group, requiredK }: Edge): boolean {
  if (from.kind !== 'asset' || !WAITS.includes(kind)) return false;
  if (group === null) return true;
  const members = dependencies.filter((other) => other.from.id === from.id && other.group === group);
  return new Set(members.map(({ to }) => to)).size <= (requiredK ?? 1);
}

/** Back along the way that was found, and once round. */
function wayTo(end: string, cameFrom: Map<string, string | null>): string[] {
  const way: string[] = [];
  for (let at: string | null = end; at !== null; at = cameFrom.get(at) ?? null) way.unshift(at);
  return [end, ...way];
}
