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
  'readiness.team-without-deputy': ['activity', 'asset'],
  'readiness.supplier-not-checked': ['activity', 'asset', 'intervalDays'],
  'readiness.no-plan': ['activity'],
  'readiness.plan-not-in-force': ['plan'],
  'readiness.plan-not-approved': ['plan', 'version'],
  'readiness.plan-review-overdue': ['plan', 'approvedAt', 'reviewIntervalDays'],
  'readiness.plan-not-distributed': ['plan', 'version'],
  'readiness.plan-not-sent-to': ['plan', 'version', 'contact'],
  'readiness.restore-never-measured': ['asset'],
  'readiness.restore-not-shown': ['asset', 'level', 'finishedAt'],
  'readiness.restore-stale': ['asset', 'measuredAt', 'intervalDays'],
  'readiness.nothing-to-restore': ['activity'],
  'readiness.recovery-declared': ['asset', 'declaredSeconds'],
  'readiness.no-proven-point': ['asset'],
  'readiness.not-exercised': ['activity', 'intervalDays'],
  'readiness.no-crisis-role': ['activity'],
  'readiness.role-without-holder': ['role'],
  'readiness.contact-not-tested': ['contact', 'intervalDays'],
  'readiness.contact-not-reached': ['contact', 'testedAt'],
  'readiness.changed-since-restore': ['asset', 'testedAt', 'changed', 'changedAt'],
  'readiness.changed-since-exercise': ['activity', 'exercisedAt', 'changed', 'changedAt'],
  'readiness.too-few-measures': ['asset', 'samples', 'needed'],
  'readiness.slowest-over-rto': ['activity', 'slowestSeconds', 'rtoSeconds'],
  // Records that say the opposite of what is claimed.
  'readiness.rto-not-below-mtpd': ['activity', 'rtoSeconds', 'mtpdSeconds'],
  'readiness.mtpd-unlike-impacts': ['activity', 'mtpdSeconds', 'derivedSeconds'],
  'readiness.plan-approved-by-author-alone': ['plan', 'version', 'by'],
  'readiness.restore-failed': ['asset', 'level', 'finishedAt'],
  'readiness.planted-fault-missed': ['asset', 'planted', 'caught', 'finishedAt'],
  'readiness.recovery-over-rto': ['activity', 'effectiveSeconds', 'rtoSeconds'],
  'readiness.known-recovery-over-rto': ['activity', 'knownSeconds', 'rtoSeconds'],
  'readiness.scheduled-over-rto': ['activity', 'scheduledSeconds', 'technicians', 'links', 'rtoSeconds'],
  'readiness.declared-recovery-over-rto': ['activity', 'declaredSeconds', 'rtoSeconds'],
  'readiness.loss-over-rpo': ['asset', 'observedSeconds', 'rpoSeconds'],
  'readiness.interval-over-rpo': ['asset', 'intervalSeconds', 'rpoSeconds'],
  'readiness.copy-not-offsite': ['asset'],
  'readiness.point-with-reservations': ['asset', 'torn', 'unreadable', 'dataAt'],
  'readiness.content-suspect': ['asset', 'finishedAt'],
  'readiness.things-omitted': ['asset', 'count', 'foundAt'],
  'readiness.points-lost': ['asset', 'count', 'foundAt'],
  'readiness.recovery-deadlock': ['circle', 'scenarios'],
  'readiness.no-copy-left': ['asset', 'scenarios'],
  'readiness.nobody-has-key': ['asset', 'scenarios'],
  // What would open a recovery deadlock.
  'readiness.break-plan': ['plan', 'needed'],
  'readiness.break-offline-copy': ['asset', 'needed'],
  'readiness.break-contact': ['contact', 'needed'],
  'readiness.break-store': ['asset', 'needed'],
  'readiness.break-account': ['asset', 'needed'],
  'readiness.break-recovery': ['asset', 'needed'],
  'readiness.break-order': ['asset', 'needed'],
  'readiness.break-other-place': ['asset'],
  'readiness.break-other-holder': ['asset'],
  // What an intruder with every right would leave.
  'readiness.no-copy-before-intrusion': ['asset', 'dwellDays'],
  'readiness.lock-not-recorded': ['asset', 'dwellDays'],
  'readiness.lock-ended': ['asset', 'dwellDays'],
  // What binds a recovery time.
  'readiness.longest-step': ['activity', 'asset', 'stepSeconds', 'effectiveSeconds', 'measuredAt', 'samples'],
  'readiness.longest-step-declared': ['activity', 'asset', 'stepSeconds', 'effectiveSeconds'],
  'readiness.waits-for-technician': ['asset', 'waitSeconds', 'technicians'],
  'readiness.waits-for-link': ['asset', 'waitSeconds', 'links'],
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
