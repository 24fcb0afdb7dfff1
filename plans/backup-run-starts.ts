/** The beginning of a backup run: all that its worker has to know. */
import { sql } from 'kysely';
import { beginAttempt } from './attempts.ts';
import { findBackupPolicy } from './backup-policies.ts';
import { hadFiles, holdsPoints } from './expected-there.ts';
import { findProviderKey, findSealedVerifier, listRecipients } from './keys.ts';
import { checksumsOf } from './store-probes.ts';
import type { Work } from './work.ts';

/**
 * Marks a run as running and tells what to back up, with secrets still sealed. Null when it has ended already.
 * A run that is marked running may start again: its first worker died, or the job would not be here. From then on only the new
 * attempt has anything to say.
 */
export async function startBackup(work: Work, id: string, worker: string) {
  const run = await work.db
    .updateTable('backup_runs')
    // The first start stays, so that a point its dead worker made is known for one of this run.
    .set({
      state: 'running',
      started_at: sql`coalesce(started_at, ${work.now})`,
      progress: null,
      retry_at: null,
      turn_asked_at: null,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['policy_id', 'client_id', 'started_at'])
    .executeTakeFirst();
  if (!run) return null;

  const policy = await findBackupPolicy(work, run.policy_id);
  const sealed = await work.db
    .selectFrom('backup_policies')
    .innerJoin('stores', (join) =>
      join
        .onRef('stores.id', '=', 'backup_policies.store_id')
        .onRef('stores.client_id', '=', 'backup_policies.client_id'),
    )
    .select(['sealed_source', 'sealed_credentials', 'stores.address', 'stores.probe'])
    .where('backup_policies.id', '=', run.policy_id)
    .executeTakeFirstOrThrow();
  const signing = await findProviderKey(work, 'point-signing');
  return {
    attempt: await beginAttempt(work, {
      client: run.client_id,
      store: policy.store.id,
      run: id,
      worker,
    }),
    policy: policy.id,
    /** It was begun before: its worker died, perhaps with the point made and nothing said. */
    isAgain: run.started_at !== null && run.started_at < work.now,
    asset: policy.asset,
    lock: policy.lock,
    isGentle: policy.isGentle,
    store: {
      id: policy.store.id,
      address: sealed.address,
      sealedCredentials: sealed.sealed_credentials,
      checksums: checksumsOf(sealed.probe),
      isInUse: await holdsPoints(work, policy.store.id),
    },
    sealedSource: sealed.sealed_source,
    hadFiles: await hadFiles(work, policy),
    recipients: await listRecipients(work, run.client_id),
    sealedSigningKey: signing.sealedPrivate,
    // Opens the last point, so that only what is new is stored. After a failed proof everything is stored anew.
    sealedVerifier: (await isLastProofBad(work, policy.asset.id))
      ? null
      : await findSealedVerifier(work, run.client_id),
  };
}

/** Whether the last proof that came to a verdict failed. No pass of times to come, as a clock that ran ahead has it, takes that back. */
export async function isLastProofBad({ db, now }: Work, asset: string): Promise<boolean> {
  const last = await db
    .selectFrom('restore_tests')
    .select('state')
    .where('asset_id', '=', asset)
    .where((test) =>
      test.or([
        test('state', '=', 'failed'),
        test.and([test('state', '=', 'passed'), test('finished_at', '<=', now)]),
      ]),
    )
    .orderBy('finished_at', 'desc')
    .executeTakeFirst();
  return last?.state === 'failed';
}
