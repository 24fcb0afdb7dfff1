/** The result of `computeReadiness`: where a client stands, activity by activity, and why. */
import type { Reason } from '../facts.ts';

/** One asset on the way to an activity's return, with the restore that measured it. */
export interface PathStep {
  asset: string;
  name: string;
  /** False for premises, equipment, teams, skills, keys and suppliers: no restore can measure them, they count as zero. */
  isRestorable: boolean;
  /** Null: never measured, or not by a fresh restore. */
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
   * Longest chain of measured restores over what the activity depends on (a path, not a maximum), in the order of
   * recovery. `unmeasured` when anything restorable it needs has no fresh measure; then `seconds` is what is known,
   * a lower bound, and `reasons` say what is not.
   */
  effective: {
    verdict: 'within' | 'late' | 'unmeasured' | 'no-objective';
    seconds: number | null;
    path: PathStep[];
    reasons: Reason[];
  };
  /** Worst gap in the last 90 days between consecutive proven points, and to now, over the data sets it needs. */
  observedRpo: {
    verdict: 'within' | 'late' | 'unmeasured' | 'no-objective';
    seconds: number | null;
    /** The data set with the worst gap. */
    asset: string | null;
    /** The same gap over all points, proven or not: what is claimed. Null when a data set has none. */
    claimedSeconds: number | null;
    reasons: Reason[];
  };
  contradictions: Reason[];
}

export interface Readiness {
  /** The level of the weakest priority activity; 0 when there is none. */
  level: ActivityReadiness['level'];
  weakest: string | null;
  missing: Reason | null;
  activities: ActivityReadiness[];
  /** Contradictions of the client as a whole, and cycles among what must be restored. */
  contradictions: Reason[];
  /** Ids of assets that wait for each other, so that no order of recovery exists. */
  cycles: string[][];
}
