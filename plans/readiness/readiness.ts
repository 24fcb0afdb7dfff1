/** The result of `computeReadiness`: where a client stands, activity by activity, and why. */
import type { Reason } from '../facts.ts';

/** One asset on the way to an activity's return, with the restore that measured it. Seconds null: never measured. */
export interface PathStep {
  asset: string;
  name: string;
  seconds: number | null;
  measuredAt: string | null;
  restoreTest: string | null;
}

export interface ActivityReadiness {
  activity: string;
  name: string;
  isPriority: boolean;
  mtpdSeconds: number | null;
  rtoSeconds: number | null;
  rpoSeconds: number | null;
  /** R0 to R7. R6 and R7 need exercises and contact tests. */
  level: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
  /** The one step that is missing for the next level; null at R7. */
  missing: Reason | null;
  /**
   * Longest chain of measured restores over what the activity depends on (model: a path, not a maximum).
   * `unmeasured` when any restorable asset on it was never restored; then seconds is what is known, a lower bound.
   */
  effective: {
    verdict: 'within' | 'late' | 'unmeasured' | 'no-objective';
    seconds: number | null;
    path: PathStep[];
  };
  /** Worst gap in the last 90 days between consecutive proven points, and to now, over the data sets it needs. */
  observedRpo: {
    verdict: 'within' | 'late' | 'unmeasured' | 'no-objective';
    seconds: number | null;
    asset: string | null;
  };
  contradictions: Reason[];
}

export interface Readiness {
  /** The level of the weakest priority activity; 0 when there is none. */
  level: ActivityReadiness['level'];
  weakest: string | null;
  missing: Reason | null;
  activities: ActivityReadiness[];
  /** Contradictions of the client as a whole, and cycles among hard dependencies. */
  contradictions: Reason[];
  cycles: string[][];
}
