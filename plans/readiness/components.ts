/**
 * Strongly connected components by Tarjan's method, each after those it needs. It keeps its own stack, because a
 * client's graph may be deeper than the call stack.
 */
export function componentsOf(nodes: readonly string[], next: (node: string) => string[]): string[][] {
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
    return { node, open: [...next(node)] };
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

/** The shortest circle among nodes; of several as short, the one that begins first in the order given. Null without one. */
export function shortestCircle(nodes: readonly string[], next: (node: string) => string[]): string[] | null {
  const within = new Set(nodes);
  let shortest: string[] | null = null;
  for (const start of nodes) {
    const circle = circleThrough(
      start,
      (node) => next(node).filter((to) => within.has(to)),
      shortest?.length,
    );
    if (circle) shortest = circle;
    if (shortest?.length === 1) break;
  }
  return shortest;
}

/** Breadth first, so that the first way back to the start is a shortest one. `below`: only one with fewer nodes is wanted. */
function circleThrough(
  start: string,
  next: (node: string) => string[],
  below = Number.POSITIVE_INFINITY,
): string[] | null {
  const cameFrom = new Map<string, string>();
  let edge = [start];
  for (let length = 1; edge.length > 0 && length < below; length += 1) {
    const following: string[] = [];
    for (const node of edge)
      for (const to of next(node)) {
        if (to === start) return wayTo(node, cameFrom);
        if (cameFrom.has(to)) continue;
        cameFrom.set(to, node);
        following.push(to);
      }
    edge = following;
  }
  return null;
}

function wayTo(end: string, cameFrom: Map<string, string>): string[] {
  const way = [end];
  for (let before = cameFrom.get(end); before !== undefined; before = cameFrom.get(before))
    way.unshift(before);
  return way;
}
