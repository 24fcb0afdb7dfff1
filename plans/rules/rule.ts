/** What a rule finds: about which object, how bad, why, and what to do. */
import type { Reason } from '../facts.ts';
import type { Survey } from '../readiness/survey.ts';
import type { RULE_REASONS, RuleReasonKey } from './reasons.ts';

export const RULES = [
  'objectives',
  'shared-assets',
  'circles',
  'leaves',
  'runbook-order',
  'backup-interval',
  'off-site-copies',
  'supplier-promises',
  'crisis-roles',
  'approvals',
  'crisis-channel',
  'recovery-deadlocks',
  'restore-tests',
  'retention',
  'key-possession',
  'drills',
  'reproducible',
] as const;
export type RuleName = (typeof RULES)[number];

/** `contradiction`: a record says the opposite of what is promised; `warning`: something is missing or not said. */
export const SEVERITIES = ['info', 'warning', 'contradiction'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface RuleObject {
  kind: 'activity' | 'asset' | 'plan' | 'step' | 'role' | 'contact' | 'client';
  id: string;
  name: string;
}

export interface RuleFinding {
  rule: RuleName;
  object: RuleObject;
  severity: Severity;
  reason: Reason;
  /** What to do about it. */
  remedy: Reason;
}

/** One rule of the model. It finds at most one thing of a kind about an object. */
export type Rule = (survey: Survey) => RuleFinding[];

/** What readiness says is found in its words. */
export const found = (
  rule: RuleName,
  object: RuleObject,
  severity: Severity,
  reason: Reason,
): RuleFinding => ({
  rule,
  object,
  severity,
  reason,
  remedy: { key: `report.action.${reason.key}`, params: reason.params },
});

type ParamsOf<Key extends RuleReasonKey> = Record<(typeof RULE_REASONS)[Key][number], string | number>;

/** A reason of the rules' own, with exactly the params its key asks for. */
export const ruled = <Key extends RuleReasonKey>(key: Key, params: ParamsOf<Key>): Reason => ({
  key,
  params,
});
