/** Every reason readiness can give, with the names of its params. The words are in `templates/words`. */
import type { Reason } from '../facts.ts';

/** Params ending in `Seconds` are durations, in `At` times (ISO 8601 UTC), in `Days` whole days; names are as people wrote them. */
export const READINESS_REASONS = {
  // The ladder, from its first step up.
  'readiness.no-priority-activity': [],
  'readiness.analysis-not-approved': ['activity'],
  'readiness.no-mtpd': ['activity'],
  'readiness.no-rto': ['activity'],
  'readiness.no-rpo': ['activity'],
  'readiness.no-dependencies': ['activity'],
  'readiness.unknown-dependency': ['activity', 'asset'],
  'readiness.dependency-cycle': ['assets'],
  'readiness.no-data-set': ['activity'],
  'readiness.no-team': ['activity'],
  'readiness.no-premises': ['activity'],
  'readiness.no-supplier': ['activity'],
  'readiness.no-plan': ['activity'],
  'readiness.plan-not-in-force': ['plan'],
  'readiness.plan-not-approved': ['plan', 'version'],
  'readiness.plan-review-overdue': ['plan', 'approvedAt', 'reviewIntervalDays'],
  'readiness.restore-never-measured': ['asset'],
  'readiness.restore-stale': ['asset', 'measuredAt', 'intervalDays'],
  'readiness.nothing-to-restore': ['activity'],
  'readiness.no-proven-point': ['asset'],
  'readiness.not-exercised': ['activity'],
  // Records that say the opposite of what is claimed.
  'readiness.rto-not-below-mtpd': ['activity', 'rtoSeconds', 'mtpdSeconds'],
  'readiness.plan-approved-by-author-alone': ['plan', 'version', 'by'],
  'readiness.restore-failed': ['asset', 'level', 'finishedAt'],
  'readiness.planted-fault-missed': ['asset', 'planted', 'caught', 'finishedAt'],
  'readiness.recovery-over-rto': ['activity', 'effectiveSeconds', 'rtoSeconds'],
  'readiness.known-recovery-over-rto': ['activity', 'knownSeconds', 'rtoSeconds'],
  'readiness.loss-over-rpo': ['asset', 'observedSeconds', 'rpoSeconds'],
  'readiness.interval-over-rpo': ['asset', 'intervalSeconds', 'rpoSeconds'],
  'readiness.copy-not-offsite': ['asset'],
  'readiness.point-with-reservations': ['asset', 'torn', 'unreadable', 'dataAt'],
  'readiness.points-lost': ['asset', 'count', 'foundAt'],
} as const satisfies Record<string, readonly string[]>;

export type ReadinessReasonKey = keyof typeof READINESS_REASONS;

type ParamsOf<Key extends ReadinessReasonKey> = Record<
  (typeof READINESS_REASONS)[Key][number],
  string | number
>;

/** A reason with exactly the params its key asks for. */
export function because<Key extends ReadinessReasonKey>(key: Key, params: ParamsOf<Key>): Reason {
  return { key, params };
}
