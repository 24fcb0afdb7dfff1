/** What needs somebody, as a rule finds it in the records: the same records at the same moment give the same conditions. */
import { z } from 'zod';
import type { Reason } from '../facts.ts';
import type { Finding } from '../findings.ts';

/** From the least to the most pressing. */
export const ALERT_SEVERITIES = ['notice', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What rules there are, and how pressing what each finds can be; `rules/index.ts` says where each is found. */
export const RULE_SEVERITIES = {
  'backup-failed': ['critical'],
  'backup-missed': ['critical'],
  'data-too-old': ['warning', 'critical'],
  'store-trouble': ['critical'],
  'point-lost': ['critical'],
  'test-failed': ['critical'],
  'test-inconclusive': ['warning'],
  'proof-stale': ['warning'],
  'proof-expiring': ['notice'],
  'review-overdue': ['notice'],
  'action-overdue': ['notice'],
  'claim-failed': ['warning'],
  'claim-missing': ['warning'],
  'repository-unread': ['warning'],
  'snapshot-missing': ['warning'],
  'repository-missed': ['warning'],
  'snapshot-lost': ['critical'],
  'agent-silent': ['warning', 'critical'],
  'key-drill-overdue': ['warning'],
  'backup-late': ['warning'],
  'content-suspect': ['critical'],
  'test-missed': ['warning'],
  'run-stalled': ['critical'],
  'approvers-gone': ['warning'],
  'drill-failed': ['warning', 'critical'],
  'drill-due': ['notice', 'warning'],
  'key-drill-waiting': ['notice', 'warning'],
  'removal-waiting': ['notice'],
  'things-omitted': ['warning'],
} as const satisfies Record<string, readonly AlertSeverity[]>;
export type AlertRule = keyof typeof RULE_SEVERITIES;
export const ALERT_RULES = Object.keys(RULE_SEVERITIES) as AlertRule[];

/** What an alert is about; pages lead there. */
export const AlertSubject = z.object({ kind: z.string(), id: z.string(), name: z.string() });
export type AlertSubject = z.infer<typeof AlertSubject>;

export interface Condition {
  client: string;
  rule: AlertRule;
  /** What is the same trouble has the same key, so that it is told once. */
  key: string;
  severity: AlertSeverity;
  /** Since when it is so, as the records say. */
  since: Date;
  reason: Reason;
  /** Why, where a job or the engine said so. */
  because: Finding | null;
  subjects: AlertSubject[];
}

export const isWorse = (one: AlertSeverity, other: AlertSeverity): boolean =>
  ALERT_SEVERITIES.indexOf(one) > ALERT_SEVERITIES.indexOf(other);
