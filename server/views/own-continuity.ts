import type { OwnStanding } from '../own-backup/standing.ts';

/** `own-continuity`. */
export interface OwnContinuityView extends OwnStanding {
  isRed: boolean;
  runs: (OwnStanding['runs'][number] & { seconds: number | null })[];
}
