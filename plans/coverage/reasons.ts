/** Every reason a clause's state can have, with the names of its params. Coverage gives readiness' reasons as well. */
import type { Reason } from '../facts.ts';
import { READINESS_REASONS } from '../readiness/reasons.ts';

/** `code` is an evidence code; `subject` the name of what a record is about. Other params as in readiness. */
export const COVERAGE_REASONS = {
  // What is held, and what it is worth.
  'coverage.no-record': ['code'],
  'coverage.declared-only': ['code', 'subject', 'by', 'recordedAt'],
  'coverage.declaration-expired': ['code', 'subject', 'by', 'recordedAt'],
  'coverage.record-contradicts': ['code', 'subject', 'by', 'recordedAt'],
  'coverage.record-expired': ['code', 'subject', 'recordedAt'],
  'coverage.record-too-old': ['code', 'subject', 'recordedAt', 'maxAgeDays'],
  'coverage.no-hashed-record': ['code', 'subject'],
  'coverage.judged-by-person': [],
  'coverage.document-only': [],
  // What the service does not record yet.
  'coverage.lacks-retention': [],
  'coverage.lacks-availability-class': [],
  // What a predicate found.
  'coverage.no-activity': [],
  'coverage.analysis-lacks-owner': ['activity'],
  'coverage.analysis-lacks-mbco': ['activity'],
  'coverage.no-asset': [],
  'coverage.asset-orphan': ['asset'],
  'coverage.backup-claimed': ['asset', 'vendor', 'saidAt'],
  'coverage.claim-contradicted': ['asset', 'vendor', 'saidAt'],
  'coverage.supplier-declared': ['asset'],
  'coverage.section-empty': ['plan', 'section'],
  'coverage.no-backup-policy': ['asset'],
  'coverage.policy-of-other-tool': ['asset', 'tool'],
  'coverage.no-recovery-point': ['asset'],
  'coverage.gap-over-rpo': ['asset', 'observedSeconds', 'rpoSeconds'],
  'coverage.no-rpo-to-meet': ['asset'],
  'coverage.runs-unproven': ['asset'],
  'coverage.offsite-declared': ['asset'],
  'coverage.restore-below-level': ['asset', 'level'],
  'coverage.test-inconclusive': ['asset'],
  'coverage.integrity-never-checked': ['asset'],
  'coverage.no-impact-curve': ['activity'],
  'coverage.no-crisis-plan': [],
  'coverage.no-scenario': [],
  'coverage.scenario-not-rated': ['scenario'],
  'coverage.scenario-undecided': ['scenario'],
  'coverage.scenario-unanswered': ['scenario'],
  'coverage.scenario-without-strategy': ['scenario', 'activity'],
  'coverage.risk-said': [],
  'coverage.no-runbook': ['plan'],
  'coverage.step-incomplete': ['plan', 'step'],
  'coverage.no-crisis-role': [],
  'coverage.role-without-holder': ['role'],
  'coverage.role-without-deputy': ['role'],
  'coverage.contact-unverified': ['contact'],
  'coverage.directory-said': [],
  'coverage.holder-not-read': ['contact', 'plan'],
  'coverage.reading-said': ['contact', 'plan'],
  'coverage.copy-not-locked': ['asset'],
  'coverage.agreement-said': ['agreement'],
  'coverage.supplier-lacks-terms': ['asset'],
  'coverage.key-without-holder': ['fingerprint'],
  'coverage.key-never-opened': ['contact', 'fingerprint'],
  // What people decided.
  'coverage.waived': ['by', 'untilDate', 'why'],
  'coverage.not-applicable': ['by', 'why'],
  'coverage.other-level': ['level'],
} as const satisfies Record<string, readonly string[]>;

const REASONS = { ...READINESS_REASONS, ...COVERAGE_REASONS };

export type ReasonKey = keyof typeof REASONS;

/** Every key that readiness or coverage can give: each needs words in every language. */
export const REASON_KEYS = Object.keys(REASONS) as ReasonKey[];

type ParamsOf<Key extends ReasonKey> = Record<(typeof REASONS)[Key][number], string | number>;

/** A reason with exactly the params its key asks for. */
export function because<Key extends ReasonKey>(key: Key, params: ParamsOf<Key>): Reason {
  return { key, params };
}
