/** What needs somebody, as a rule finds it in the records: the same records at the same moment give the same conditions. */
import { z } from 'zod';
import type { Reason } from '../facts.ts';
import type { Finding } from '../findings.ts';

/** From the least to the most pressing. */
export const ALERT_SEVERITIES = ['notice', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** What rules there are; `rules/index.ts` says where each is found. */
export const ALERT_RULES = [
  'backup-failed',
  'backup-missed',
  'data-too-old',
  'store-trouble',
  'point-lost',
  'test-failed',
  'test-inconclusive',
  'proof-stale',
  'proof-expiring',
  'review-overdue',
  'action-overdue',
  'approvers-gone',
] as const;
export type AlertRule = (typeof ALERT_RULES)[number];

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
