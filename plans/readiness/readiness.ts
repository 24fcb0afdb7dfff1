/** The result of `computeReadiness`: where a client stands, activity by activity, and why. */
import type { Reason } from '../facts.ts';

/** One asset on the way to an activity's return, with what its time comes from. */
export interface PathStep {
  asset: string;
  name: string;
  /** False for premises, equipment, people, skills, keys and suppliers: no restore measures them, and without a time they count as zero. */
  isRestorable: boolean;
  /** The median of its measures, or what is declared. Null: not known. */
  seconds: number | null;
  /** A restore test, a runbook step as it was run, or somebody's word. */
  source: 'restore-test' | 'repository-proof' | 'step-run' | 'declared' | null;
  /** How many measures there are. */
  samples: number;
  /** With 90 % confidence nine of ten take no longer; null below 22 measures. */
  p90Seconds: number | null;
  /** Of the newest measure. */
  measuredAt: string | null;
  /** The test that took this time. */
  restoreTest: string | null;
}

/** One asset on the way that binds the schedule, with how long it was ready and waited for somebody or something. */
export interface ScheduledStep {
  asset: string;
  name: string;
  waitSeconds: number;
  waitsFor: 'technician' | 'link' | null;
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
   * Longest chain of restores over what the activity depends on (a path, not a maximum), in the order of recovery; of
   * stand-ins the fastest that are enough. `declared` and `declared-late`: a number on the way is somebody's word.
   * `unmeasured` when anything it needs has no time at all; then `seconds` is what is measured, a lower bound. `reasons`
   * say what keeps the time from being a measured one. The verdict is on `scheduled`.
   */
  effective: {
    verdict: 'within' | 'late' | 'declared' | 'declared-late' | 'unmeasured' | 'no-objective';
    /** With as many technicians and lines as anybody could want. */
    seconds: number | null;
    /** What measures alone bear out: it takes at least that. */
    knownSeconds: number | null;
    /** With the technicians and lines the client has; null while unmeasured. */
    scheduled: { seconds: number; technicians: number; links: number; path: ScheduledStep[] } | null;
    path: PathStep[];
    reasons: Reason[];
    /** What binds the time, in words. */
    binding: Reason[];
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
  /** What is left when somebody with every right was in for so many days, over the data sets it needs. */
  underCompromise: LossUnderCompromise[];
  contradictions: Reason[];
}

export interface LossUnderCompromise {
  dwellDays: number;
  /**
   * `kept`: a proven copy from before stands that nobody can have removed; `none`: there is none; `unknown`: there are
   * copies from before, and no record shows that they were locked.
   */
  state: 'kept' | 'none' | 'unknown';
  /** Work lost with the worst data set. */
  seconds: number | null;
  asset: string | null;
  reasons: Reason[];
}

/** One in a circle: it waits for the next, and the last for the first. `copies` are those of the asset of that id. */
export interface DeadlockLink {
  kind: 'asset' | 'copies' | 'store' | 'plan' | 'contact';
  id: string;
  name: string;
}

export interface Deadlock {
  /** The scenarios in which it holds. */
  scenarios: { id: string; name: string }[];
  /** False when there is nothing it could come back from: no copy is left, or nobody who has the key can be reached. */
  isCircle: boolean;
  /** The smallest there is. */
  circle: DeadlockLink[];
  /** Ids of all that stays away because of it. */
  assets: string[];
  activities: string[];
  /** What would open it, each alone, the easiest first. */
  breaks: Reason[];
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
  /** What never comes back in a retained scenario. */
  deadlocks: Deadlock[];
}
