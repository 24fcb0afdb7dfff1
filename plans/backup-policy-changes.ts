/** Changing a backup policy: its source, lock and schedule. It stays with its store, and so its points with their rules. */
import { z } from 'zod';
import { allow } from './access.ts';
import { readPolicySource } from './agent-sources.ts';
import { record } from './audit.ts';
import { BACKUP, type BackupPolicy, findBackupPolicy, refuseLockThatDoesNotHold } from './backup-policies.ts';
import { refuseImpossibleObjective } from './blackout-limits.ts';
import { RhythmShape, rulesFrom } from './schedules/rhythm.ts';
import { keepSchedule } from './schedules/schedules.ts';
import { SOURCE_FORMS } from './source-addresses.ts';
import { LOCK_MODES } from './store-probes.ts';
import { findStore } from './stores.ts';
import { Checkbox, OptionalDays, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const BackupPolicyChange = z.object({
  source: OptionalLine(1000).default(null).describe(`${SOURCE_FORMS}. Null leaves it as it is`),
  lockDays: OptionalDays.default(null),
  lockMode: z.enum(LOCK_MODES).nullable().default(null).describe('Null is `compliance`'),
  isGentle: Checkbox.default(false),
  ...RhythmShape,
});
export type BackupPolicyChange = z.infer<typeof BackupPolicyChange>;

export async function changeBackupPolicy(
  work: Work,
  id: string,
  change: BackupPolicyChange,
): Promise<BackupPolicy> {
  allow(work, 'protection.change');
  const before = await findBackupPolicyForChange(work, id);
  const store = await findStore(work, before.store.id);
  const lockMode = change.lockMode ?? 'compliance';
  refuseLockThatDoesNotHold(store, { lockDays: change.lockDays, lockMode });
  const address = change.source ?? before.source;
  const isRead = change.source !== null || before.source.startsWith('agent:');
  const source =
    isRead && (await readPolicySource(work, { client: before.client, store: store.address }, address));
  const rules = rulesFrom(change);
  await refuseImpossibleObjective(work, before, {
    before: before.schedule.cadence,
    after: rules.cadence,
  });

  await work.db
    .updateTable('backup_policies')
    .set({
      lock_mode: change.lockDays === null ? null : lockMode,
      lock_days: change.lockDays,
      is_gentle: change.isGentle,
      ...(source && {
        source_kind: source.kind,
        source_address: source.address,
        agent_id: source.agent,
        agent_source: source.agentSource,
      }),
      ...(change.source !== null && { sealed_source: work.seal('source', change.source) }),
    })
    .where('id', '=', id)
    .execute();
  await keepSchedule(work, { client: before.client, purpose: BACKUP, subject: id }, rules, before.isEnabled);
  const after = await findBackupPolicy(work, id);
  await record(
    work,
    'backup-policy.changed',
    { kind: 'backup-policy', id, client: before.client },
    { before, after },
  );
  return after;
}

/** The policy, and nobody else changes it until this work has ended. */
export async function findBackupPolicyForChange(work: Work, id: string): Promise<BackupPolicy> {
  await work.db.selectFrom('backup_policies').select('id').where('id', '=', id).forUpdate().execute();
  return findBackupPolicy(work, id);
}
