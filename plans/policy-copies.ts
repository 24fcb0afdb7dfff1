/** Copies of a backup policy: the same source into another store, beside the first one or in its place. */
import { z } from 'zod';
import { allow } from './access.ts';
import { readPolicySource } from './agent-sources.ts';
import { findAsset } from './assets.ts';
import {
  type BackupPolicy,
  findBackupPolicy,
  insertBackupPolicy,
  pauseBackupPolicy,
  refuseLockThatDoesNotHold,
} from './backup-policies.ts';
import { notFound } from './errors.ts';
import { LOCK_MODES } from './store-probes.ts';
import { findStore } from './stores.ts';
import { Checkbox, OptionalDays } from './text.ts';
import type { Work } from './work.ts';

export const PolicyCopy = z.object({
  store: z.uuid().describe('Where the same source is backed up into as well'),
  lockDays: OptionalDays.default(null),
  lockMode: z.enum(LOCK_MODES).nullable().default(null).describe('Null is `compliance`'),
  isMove: Checkbox.default(false).describe(
    'Pauses the first one. Its points stay under its retention rules until they go by them',
  ),
});
export type PolicyCopy = z.infer<typeof PolicyCopy>;

/** Backs up the same source by the same schedule into another store. Its address is not asked again: it may hold a password. */
export async function copyBackupPolicy(work: Work, id: string, copy: PolicyCopy): Promise<BackupPolicy> {
  allow(work, 'protection.change');
  const first = await findBackupPolicy(work, id);
  const asset = await findAsset(work, first.asset.id);
  const store = await findStore(work, copy.store);
  if (store.client !== first.client) throw notFound('store');
  const lockMode = copy.lockMode ?? 'compliance';
  refuseLockThatDoesNotHold(store, { lockDays: copy.lockDays, lockMode });

  const { lockDays } = copy;
  const { schedule: rules, isGentle } = first;
  const made = { asset, store, rules, lockDays, lockMode, isGentle };
  const added = await insertBackupPolicy(work, made, await sourceOf(work, first, store.address));
  if (copy.isMove && first.isEnabled) await pauseBackupPolicy(work, id, true);
  return added;
}

async function sourceOf(work: Work, { id, client, source }: BackupPolicy, store: string) {
  if (source.startsWith('agent:'))
    return {
      ...(await readPolicySource(work, { client, store }, source)),
      sealed: work.seal('source', source),
    };
  const row = await work.db
    .selectFrom('backup_policies')
    .select(['source_kind', 'source_address', 'sealed_source'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return {
    ...{ kind: row.source_kind, address: row.source_address, sealed: row.sealed_source },
    ...{ agent: null, agentSource: null },
  };
}
