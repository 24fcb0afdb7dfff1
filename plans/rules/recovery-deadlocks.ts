/** Rule 12: nothing that is needed for a recovery lives only in what has to be recovered. */
import { deadlockReason } from '../readiness/deadlocks.ts';
import type { DeadlockLink } from '../readiness/readiness.ts';
import { found, type Rule, type RuleObject } from './rule.ts';

export const recoveryDeadlocks: Rule = ({ deadlocks }) =>
  deadlocks.map((deadlock) => ({
    ...found('recovery-deadlocks', objectOf(deadlock.circle[0]!), 'contradiction', deadlockReason(deadlock)),
    remedy: deadlock.breaks[0]!,
  }));

/** A circle is told from an asset on, and copies bear the id and the name of their asset. */
const objectOf = ({ id, name }: DeadlockLink): RuleObject => ({ kind: 'asset', id, name });
