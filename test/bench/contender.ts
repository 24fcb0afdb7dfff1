/** What every program under test must be able to do. */
import type { Command } from './measure.ts';

export const WORKS = ['first', 'day2', 'L2b', 'L3'] as const;
export type Work = (typeof WORKS)[number];

/** Where a contender works in one round. */
export interface Place {
  /** The folder to back up. */
  source: string;
  /** Everything it keeps: its store and its caches. */
  state: string;
  /** Its repository: what counts as stored. Below `state`. */
  store: string;
  /** An empty folder to restore into. */
  target: string;
  /** Its environment: nothing of the person who runs this, and temporary files beside all else. */
  env: Record<string, string>;
}

export interface Contender {
  name: string;
  /** Whether its second day is a backup of what changed; otherwise it is all again. */
  isIncremental: boolean;
  version: Command;
  /** Makes an empty repository, not measured. */
  init(place: Place): Command[];
  works: Record<Work, (place: Place) => Command>;
}
