/**
 * Every rule that alerts come from. To add one: a file here that exports it, its name in `../condition.ts`, its line below,
 * and its words `alert-rule.<name>`, `alert.<reason>`.
 */
import type { ClientFacts } from '../../facts.ts';
import type { Condition } from '../condition.ts';
import { agentSilent } from './agent-silent.ts';
import { approversGone } from './approvers-gone.ts';
import { backupFailed } from './backup-failed.ts';
import { backupLate } from './backup-late.ts';
import { claimFailed, claimMissing } from './claims.ts';
import { contentSuspect } from './content-suspect.ts';
import { dataTooOld } from './data-too-old.ts';
import { drillDue, keyDrillWaiting } from './drills-due.ts';
import { keyDrillOverdue } from './key-drill-overdue.ts';
import { backupMissed, testMissed } from './missed.ts';
import { actionOverdue, reviewOverdue } from './overdue.ts';
import { pointLost } from './point-lost.ts';
import { repositoryMissed, repositoryUnread, snapshotLost, snapshotMissing } from './repositories.ts';
import { proofExpiring, proofStale, testFailed, testInconclusive } from './restore-tests.ts';
import type { FactRule, RecordRule } from './rule.ts';
import { runStalled } from './run-stalled.ts';
import { storeTrouble } from './store-trouble.ts';
import { drillFailed, removalWaiting, thingsOmitted } from './waiting.ts';

export const FACT_RULES: readonly FactRule[] = [
  dataTooOld,
  testFailed,
  testInconclusive,
  proofStale,
  proofExpiring,
  reviewOverdue,
  actionOverdue,
  keyDrillOverdue,
  approversGone,
];

export const RECORD_RULES: readonly RecordRule[] = [
  backupFailed,
  backupMissed,
  storeTrouble,
  pointLost,
  runStalled,
  testMissed,
  contentSuspect,
  backupLate,
  agentSilent,
  claimFailed,
  claimMissing,
  repositoryUnread,
  snapshotMissing,
  snapshotLost,
  repositoryMissed,
  drillFailed,
  drillDue,
  keyDrillWaiting,
  removalWaiting,
  thingsOmitted,
];

/** What the facts of a client say now. */
export const conditionsOf = (facts: ClientFacts): Condition[] =>
  FACT_RULES.flatMap(({ name, find }) =>
    find(facts).map((found) => ({ ...found, rule: name, client: facts.client.id })),
  );

/** When, in milliseconds, time alone may change what they say. */
export const momentsOf = (facts: ClientFacts): number[] =>
  FACT_RULES.flatMap(({ moments }) => moments?.(facts) ?? []);
