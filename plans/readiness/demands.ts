/** What must be there for something else: all of its needs, save that those of one group stand in for each other. */
import type { DependencyFacts, DependencyKind } from '../facts.ts';

/** Of these, so many must be there. */
export interface Demand {
  of: string[];
  enough: number;
}

export type Need = Pick<DependencyFacts, 'to' | 'kind' | 'group'>;

/**
 * The demands that needs of the given kinds make. A group asks for as many as it requires, and for all it has where it has
 * fewer: what was taken out of the inventory is told elsewhere. Needs of other kinds are no stand-in.
 */
export function demandsOf(needs: readonly Need[], kinds: readonly DependencyKind[]): Demand[] {
  const counted = needs.filter(({ kind }) => kinds.includes(kind));
  const groups = Map.groupBy(
    counted.filter(({ group }) => group !== null),
    ({ group }) => group!.name,
  );
  return [
    ...unique(counted.filter(({ group }) => group === null)).map((to) => ({ of: [to], enough: 1 })),
    ...[...groups]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([, members]) => groupDemand(members)),
  ];
}

function groupDemand(members: Need[]): Demand {
  const of = unique(members);
  return { of, enough: Math.min(of.length, Math.max(...members.map(({ group }) => group!.requiredK))) };
}

const unique = (needs: Need[]): string[] => [...new Set(needs.map(({ to }) => to))].sort();
