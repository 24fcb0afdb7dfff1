/** In which order things can be had, when each has demands on others, and what each is worth then. */
import type { Demand } from './demands.ts';
import { Heap } from './heap.ts';

export interface Settling<Worth> {
  /** Of two that are worth the same, the one that comes first here is settled first. */
  nodes: readonly string[];
  demandsOf(node: string): readonly Demand[];
  /** Never less than what any of the chosen is worth. */
  worthOf(node: string, chosen: readonly string[], settled: Map<string, Settled<Worth>>): Worth;
  compare(left: Worth, right: Worth): number;
}

export interface Settled<Worth> {
  worth: Worth;
  /** Of each demand, those that met it: the best there are. */
  chosen: string[];
}

/**
 * Knuth's generalisation of Dijkstra's method: the best comes first, and whatever has its demands met by then is as good
 * as it ever gets. What waits for itself, in any circle that no other choice opens, is not in the result.
 */
export function settle<Worth>({
  nodes,
  demandsOf,
  worthOf,
  compare,
}: Settling<Worth>): Map<string, Settled<Worth>> {
  const settled = new Map<string, Settled<Worth>>();
  const ready = new Heap<Waiting<Worth>>(
    (left, right) => compare(left.worth!, right.worth!) || left.rank - right.rank,
  );
  const waitedFor = new Map<string, { waiting: Waiting<Worth>; open: { left: number } }[]>();

  const meet = (waiting: Waiting<Worth>) => {
    waiting.worth = worthOf(waiting.node, waiting.chosen, settled);
    ready.push(waiting);
  };
  const all = nodes.map((node, rank) => waitingFor<Worth>(node, rank));
  for (const [index, waiting] of all.entries()) {
    for (const { of, enough } of demandsOf(nodes[index]!)) {
      if (enough <= 0) continue;
      waiting.unmet += 1;
      const open = { left: enough };
      for (const member of of) {
        const entry = { waiting, open };
        const entries = waitedFor.get(member);
        if (entries) entries.push(entry);
        else waitedFor.set(member, [entry]);
      }
    }
  }
  for (const waiting of all) if (waiting.unmet === 0) meet(waiting);

  for (let next = ready.pop(); next; next = ready.pop()) {
    settled.set(next.node, { worth: next.worth!, chosen: next.chosen });
    for (const { waiting, open } of waitedFor.get(next.node) ?? []) {
      if (open.left === 0) continue;
      if (!waiting.chosen.includes(next.node)) waiting.chosen.push(next.node);
      open.left -= 1;
      if (open.left > 0) continue;
      waiting.unmet -= 1;
      if (waiting.unmet === 0) meet(waiting);
    }
  }
  return settled;
}

interface Waiting<Worth> {
  node: string;
  rank: number;
  unmet: number;
  chosen: string[];
  worth: Worth | null;
}

const waitingFor = <Worth>(node: string, rank: number): Waiting<Worth> => ({
  node,
  rank,
  unmet: 0,
  chosen: [],
  worth: null,
});

/** What can be had at all, by whatever way. */
export const reachable = (
  nodes: readonly string[],
  demandsOf: (node: string) => readonly Demand[],
): Set<string> => new Set(settle({ nodes, demandsOf, worthOf: () => 0, compare: () => 0 }).keys());
