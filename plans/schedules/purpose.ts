import type { Work } from '../work.ts';

/** One thing that is due. */
export interface Due {
  client: string;
  subject: string;
  dueAt: Date;
  /** It has to end by then; null when nobody said. */
  endBy: Date | null;
}

/** What an objective is held against: how old the data are, how long the next run takes, and whether one is under way. */
export interface Standing {
  lastDataTime: Date | null;
  durationSeconds: number;
  isUnderWay: boolean;
  /** After a run that failed, the next one waits until then. */
  notBefore: Date | null;
}

/** Something that can recur. Adding one is a line in `../scheduled-work.ts`. */
export interface Purpose {
  /**
   * Begins one run of what is due; `overlap` when the one before it has not ended, `nothing-new` when there is nothing that it would
   * be done to.
   */
  begin(work: Work, due: Due): Promise<{ run: string } | 'overlap' | 'nothing-new'>;
  /** For those that may go by an objective instead of a calendar. */
  standing?(work: Work, subject: string): Promise<Standing>;
}

export type Purposes = Readonly<Record<string, Purpose>>;
