export const REPOSITORY_LEVELS = ['L0', 'L2b', 'L3', 'L4'] as const;
export type RepositoryLevel = (typeof REPOSITORY_LEVELS)[number];

/** How far a proof goes: what pgBackRest gives back would have to be started by a server of its own version. */
export const goesUpTo = ({ tool, opensFiles }: { tool: string; opensFiles: boolean }): RepositoryLevel =>
  opensFiles && tool !== 'pgbackrest' ? 'L4' : 'L3';

interface Ended {
  verdict: string;
  reached: RepositoryLevel | null;
  plantedFaults: { level: RepositoryLevel; caught: boolean }[];
}

/**
 * The level up to which a proof that passed shows something: on each above the list, damage was planted and noticed. Where none
 * was planted, nobody knows whether it would have been.
 */
export function shownBy({ verdict, reached, plantedFaults }: Ended): RepositoryLevel | null {
  if (verdict !== 'passed' || reached === null) return null;
  const upTo = REPOSITORY_LEVELS.slice(0, REPOSITORY_LEVELS.indexOf(reached) + 1);
  const isTried = (level: RepositoryLevel) =>
    level === 'L0' || plantedFaults.some((fault) => fault.level === level && fault.caught);
  const untried = upTo.findIndex((level) => !isTried(level));
  return (untried < 0 ? upTo : upTo.slice(0, untried)).at(-1) ?? null;
}
