/** Every reason that rules give besides those of readiness, with the names of its params. The words are in `templates/words`. */

/** As in readiness: params ending in `Seconds` are durations, in `Date` days; names are as people wrote them. */
export const RULE_REASONS = {
  // 1: what an activity can bear, and what it aims at.
  'rules.work-after-mtpd': ['activity', 'rtoSeconds', 'wrtSeconds', 'mtpdSeconds'],
  // 2: what an asset owes to all that need it.
  'rules.asset-over-rto': ['asset', 'seconds', 'rtoSeconds'],
  'rules.asset-declared-over-rto': ['asset', 'declaredSeconds', 'rtoSeconds'],
  // 5: runbooks.
  'rules.step-before-need': ['plan', 'step', 'asset', 'needed'],
  // 6: backups in time.
  'rules.not-backed-up': ['asset', 'rpoSeconds'],
  'rules.interval-and-run-over-rpo': ['asset', 'intervalSeconds', 'runSeconds', 'rpoSeconds'],
  // 7: copies elsewhere.
  'rules.offsite-at-same-site': ['asset', 'site'],
  'rules.offsite-not-shown': ['asset'],
  'rules.retention-too-short': ['asset', 'reachDays', 'noticedDays'],
  // 8: suppliers.
  'rules.supplier-promises-nothing': ['asset', 'rtoSeconds'],
  'rules.promise-over-rto': ['asset', 'promiseSeconds', 'rtoSeconds'],
  'rules.supplier-over-rto': ['asset', 'promiseSeconds', 'waitSeconds', 'rtoSeconds'],
  'rules.supplier-never-there': ['asset'],
  'rules.supplier-contract-ended': ['asset', 'endedDate'],
  // 9: who leads.
  'rules.role-without-deputy': ['role'],
  'rules.role-holder-left': ['role', 'contacts'],
  'rules.too-many-roles': ['contact', 'count', 'most'],
  // 10: who approved.
  'rules.approved-without-authority': ['plan', 'version', 'by'],
  'rules.approvers-gone': ['plan', 'version', 'by'],
  // 11: how they are reached.
  'rules.channel-lost': ['role', 'scenarios'],
  'rules.channel-not-said': ['role', 'scenarios'],
  // 15: whether keys are held.
  'rules.key-without-holder': ['fingerprints'],
  'rules.key-holder-left': ['contact', 'fingerprints'],
  'rules.key-never-opened': ['contact', 'fingerprints'],
  'rules.key-drill-overdue': ['contact', 'fingerprints', 'dueDate'],
  // 16: what drills measured.
  'rules.drill-no-path': ['activity', 'scenario'],
  'rules.drill-late': ['activity', 'scenario', 'seconds', 'rtoSeconds'],
  'rules.drill-data-old': ['activity', 'scenario', 'lossSeconds', 'rpoSeconds'],
  'rules.drill-failed': ['item', 'scenario'],
  'rules.drill-nothing-shown': ['item', 'scenario'],
  'rules.drill-skipped': ['item', 'scenario'],
  'rules.drill-not-reached': ['item', 'scenario'],
  // 14: the same from the same.
  'rules.not-reproducible': [],
  // What could be done first.
  'rules.fix-technician': ['technicians'],
  'rules.fix-link': ['links'],
  'rules.fix-faster-restore': ['asset', 'seconds'],
  'rules.fix-strategy': ['strategy', 'option'],
} as const satisfies Record<string, readonly string[]>;

export type RuleReasonKey = keyof typeof RULE_REASONS;
