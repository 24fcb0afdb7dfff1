/** Retentions: how long the points of a policy are kept. Each change is a row of its own, so that its history stays. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { type BackupPolicy, findBackupPolicy } from '../backup-policies.ts';
import { invalid } from '../errors.ts';
import { Checkbox, OptionalDays, OptionalText } from '../text.ts';
import type { Work } from '../work.ts';
import { isShorter, reachDays } from './reach.ts';
import { askRemoval, type RemovalRequest } from './removal-requests.ts';
import { RetentionRules } from './rules.ts';
import { goingBy } from './simulations.ts';

export const NewRetention = z.object({
  rules: RetentionRules.nullable().describe('Null: everything is kept'),
  needsSecondPerson: Checkbox.default(true).describe(
    'Shortening it and deleting points by hand are asked by one and granted by another',
  ),
  damageNoticedDays: OptionalDays.default(null).describe('How long damage may go unnoticed'),
  reason: OptionalText(2000).default(null).describe('Why it is shortened, for whoever grants it'),
});
export type NewRetention = z.infer<typeof NewRetention>;

export const Retention = z
  .object({
    policy: z.uuid(),
    client: z.uuid(),
    asset: z.object({ id: z.uuid(), name: z.string() }),
    store: z.object({ id: z.uuid(), name: z.string() }),
    number: z.int().describe('0 while nobody has set one'),
    rules: RetentionRules.nullable(),
    needsSecondPerson: z.boolean(),
    damageNoticedDays: z.int().nullable(),
    reachDays: z.int().nullable().describe('How far back points reach by it; null where everything is kept'),
    isTooShort: z.boolean().describe('Damage would be noticed when no point from before it is left'),
    setAt: z.iso.datetime().nullable(),
    setBy: z.string().nullable(),
    grantedBy: z.string().nullable(),
  })
  .meta({ id: 'Retention' });
export type Retention = z.infer<typeof Retention>;

/** The one in force. */
export async function findRetention(work: Work, policyId: string): Promise<Retention> {
  allow(work, 'protection.read');
  return readRetention(work, await findBackupPolicy(work, policyId));
}

/** The same, and nobody else changes it until the work has ended. */
export async function findRetentionForChange(work: Work, policyId: string): Promise<Retention> {
  await work.db.selectFrom('backup_policies').select('id').where('id', '=', policyId).forUpdate().execute();
  return findRetention(work, policyId);
}

export async function readRetention(work: Work, policy: BackupPolicy): Promise<Retention> {
  const [row] = await selectRows(work, policy.id).limit(1).execute();
  return present(policy, row);
}

/** Every one there was, the newest first. */
export async function listRetentions(work: Work, policyId: string): Promise<Retention[]> {
  allow(work, 'protection.read');
  const policy = await findBackupPolicy(work, policyId);
  const rows = await selectRows(work, policyId).limit(1000).execute();
  return rows.map((row) => present(policy, row));
}

/**
 * Sets how long points are kept. What lets go of points that are kept today is shorter, and so is doing without a second
 * person: while one is needed, it is asked for, and nothing changes before it is granted.
 */
export async function setRetention(
  work: Work,
  policyId: string,
  wanted: NewRetention,
): Promise<{ retention: Retention; asked: RemovalRequest | null }> {
  allow(work, 'protection.change');
  const before = await findRetentionForChange(work, policyId);
  const policy = await findBackupPolicy(work, policyId);
  const going = isShorter(before.rules, wanted.rules)
    ? await goingBy(work, policy, { before: before.rules, after: wanted.rules })
    : [];
  const isLess =
    going.length > 0 ||
    (before.rules !== null && isShorter(before.rules, wanted.rules)) ||
    (before.needsSecondPerson && !wanted.needsSecondPerson);
  if (!isLess || !before.needsSecondPerson) {
    await keepRetention(work, policy, wanted, { setBy: work.actor.name, grantedBy: null });
    return { retention: await findRetention(work, policyId), asked: null };
  }
  if (!wanted.reason?.trim()) throw invalid('reason', 'retention.reason-needed');
  const { reason, ...retention } = wanted;
  const request = { kind: 'shorten-retention', policy: policyId, hold: null, retention } as const;
  const asked = await askRemoval(work, policy.client, { ...request, points: going, reason });
  return { retention: before, asked };
}

/** Writes it down; whoever calls it has seen to the second person. */
export async function keepRetention(
  work: Work,
  policy: BackupPolicy,
  { rules, needsSecondPerson, damageNoticedDays }: Omit<NewRetention, 'reason'>,
  { setBy, grantedBy }: { setBy: string; grantedBy: string | null },
): Promise<void> {
  const before = await readRetention(work, policy);
  await work.db
    .insertInto('retentions')
    .values({
      client_id: policy.client,
      policy_id: policy.id,
      number: before.number + 1,
      rules: rules && JSON.stringify(rules),
      needs_second_person: needsSecondPerson,
      damage_noticed_days: damageNoticedDays,
      set_at: work.now,
      set_by: setBy,
      granted_by: grantedBy,
    })
    .execute();
  const subject = { kind: 'backup-policy', id: policy.id, client: policy.client };
  const after = { rules, needsSecondPerson, damageNoticedDays };
  await record(work, 'retention.set', subject, { asset: policy.asset.name, before: before.rules, after });
}

const selectRows = ({ db }: Work, policy: string) =>
  db.selectFrom('retentions').selectAll().where('policy_id', '=', policy).orderBy('number', 'desc');

type Row = Awaited<ReturnType<ReturnType<typeof selectRows>['executeTakeFirstOrThrow']>>;

function present(policy: BackupPolicy, row: Row | undefined): Retention {
  const rules = row?.rules ? RetentionRules.parse(row.rules) : null;
  const reach = reachDays(rules, policy);
  const noticed = row?.damage_noticed_days ?? null;
  return {
    policy: policy.id,
    client: policy.client,
    asset: { id: policy.asset.id, name: policy.asset.name },
    store: policy.store,
    number: row?.number ?? 0,
    rules,
    needsSecondPerson: row?.needs_second_person ?? true,
    damageNoticedDays: noticed,
    reachDays: reach,
    isTooShort: reach !== null && noticed !== null && reach < noticed,
    setAt: row?.set_at.toISOString() ?? null,
    setBy: row?.set_by ?? null,
    grantedBy: row?.granted_by ?? null,
  };
}
