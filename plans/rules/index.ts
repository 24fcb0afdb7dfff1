/** The fourteen rules of the model, and those of keys, drills and retention. Each is a pure function over what is known of a client. */
import type { ClientFacts } from '../facts.ts';
import { RESTORE_INTERVAL_DAYS } from '../readiness/compute-readiness.ts';
import { surveyOf } from '../readiness/survey.ts';
import { approvals } from './approvals.ts';
import { backupInterval } from './backup-interval.ts';
import { circles } from './circles.ts';
import { crisisChannel } from './crisis-channel.ts';
import { crisisRoles } from './crisis-roles.ts';
import { drills } from './drills.ts';
import { keyPossession } from './key-possession.ts';
import { leaves } from './leaves.ts';
import { objectives } from './objectives.ts';
import { offSiteCopies } from './off-site-copies.ts';
import { recoveryDeadlocks } from './recovery-deadlocks.ts';
import { reproducible } from './reproducible.ts';
import { restoreTests } from './restore-tests.ts';
import { retention } from './retention.ts';
import type { Rule, RuleFinding, RuleName } from './rule.ts';
import { runbookOrder } from './runbook-order.ts';
import { sharedAssets } from './shared-assets.ts';
import { supplierPromises } from './supplier-promises.ts';

const BY_NAME: Record<RuleName, Rule> = {
  objectives,
  'shared-assets': sharedAssets,
  circles,
  leaves,
  'runbook-order': runbookOrder,
  'backup-interval': backupInterval,
  'off-site-copies': offSiteCopies,
  'supplier-promises': supplierPromises,
  'crisis-roles': crisisRoles,
  approvals,
  'crisis-channel': crisisChannel,
  'recovery-deadlocks': recoveryDeadlocks,
  'restore-tests': restoreTests,
  retention,
  'key-possession': keyPossession,
  drills,
  reproducible: ({ facts }) => reproducible(facts),
};

/** Everything that any rule finds, in the order of the rules. The same facts always give the same findings. */
export function runRules(
  facts: ClientFacts,
  { restoreIntervalDays = RESTORE_INTERVAL_DAYS }: { restoreIntervalDays?: number } = {},
): RuleFinding[] {
  const survey = surveyOf(facts, restoreIntervalDays);
  return Object.values(BY_NAME).flatMap((rule) => rule(survey));
}
