/** Clean-ups: removing from a store what no recovery point needs. Every look at a store does it; people may ask for one. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { addMissingRounds } from './daily-rounds.ts';
import { conflict } from './errors.ts';
import { Left, LeftItem, type Removed } from './left-over.ts';
import { findReconciliation, LOOKS, Reconciliation } from './reconciliations.ts';
import type { Work } from './work.ts';

export const CleanUp = Reconciliation.extend({
  left: Left.describe('All that was left over at the last look'),
  items: z.array(LeftItem).describe('The first hundred of it, the oldest first'),
}).meta({ id: 'CleanUp' });
export type CleanUp = z.infer<typeof CleanUp>;

/** What would be cleaned up, as the last look found it. */
export async function findCleanUp(work: Work, policyId: string): Promise<CleanUp> {
  const { reconciliation, items } = await findReconciliation(work, policyId);
  const { orphans = null, incomplete = null, uploads = null } = reconciliation.found ?? {};
  const parts = [orphans, incomplete, uploads].filter((part) => part !== null);
  const sum = (of: (part: Left) => number) => parts.reduce((all, part) => all + of(part), 0);
  return {
    ...reconciliation,
    left: { count: sum(({ count }) => count), bytes: sum(({ bytes }) => bytes) },
    items,
  };
}

/** Asks for a look at the store that removes what it may. It runs as a job. */
export async function requestCleanUp(work: Work, policyId: string): Promise<CleanUp> {
  allow(work, 'protection.change');
  const policy = await findBackupPolicy(work, policyId);
  await addMissingRounds(work, LOOKS);
  const asked = await work.db
    .updateTable('reconciliations')
    .set({ state: 'queued' })
    .where('policy_id', '=', policyId)
    .where('state', 'not in', ['queued', 'running'])
    .returning('policy_id')
    .executeTakeFirst();
  if (!asked) throw conflict('clean-up.under-way');

  const subject = { kind: 'backup-policy', id: policyId, client: policy.client };
  await record(work, 'store.clean-up-asked', subject, { asset: policy.asset.name, store: policy.store.name });
  await work.enqueue('reconcile-store', { policyId });
  return findCleanUp(work, policyId);
}

/** Writes down what a clean-up is about to remove: should its worker die, the trail tells of it all the same. */
export async function noteCleanUpBegins(
  work: Work,
  policyId: string,
  going: Removed & { names: string[] },
): Promise<void> {
  allow(work, 'work.finish');
  const { client } = await findBackupPolicy(work, policyId);
  await record(work, 'store.clean-up-begun', { kind: 'backup-policy', id: policyId, client }, going);
}
