import { z } from 'zod';
import {
  BACKUP,
  BackupPolicy,
  findBackupPolicy,
  listBackupPolicies,
  pauseBackupPolicy,
} from '#/plans/backup-policies.ts';
import {
  BackupPolicyChange,
  changeBackupPolicy,
  findBackupPolicyForChange,
} from '#/plans/backup-policy-changes.ts';
import { standingOf } from '#/plans/backup-standing.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import type { Reason } from '#/plans/facts.ts';
import { copyBackupPolicy, PolicyCopy } from '#/plans/policy-copies.ts';
import { assetObjectives } from '#/plans/readiness/asset-objectives.ts';
import type { Standing } from '#/plans/schedules/purpose.ts';
import { rhythmOf } from '#/plans/schedules/rhythm.ts';
import { SOURCE_KINDS } from '#/plans/source-addresses.ts';
import { LOCK_MODES } from '#/plans/store-probes.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun } from '../noun.ts';
import { besidesRhythm, scheduleFields } from '../schedule-fields.ts';
import { whatBecame } from './occurrence-parts.ts';

/** Policies are added on the protection page. Their source is asked anew only where it changes: it may hold a password. */
export const backupPolicy = noun<BackupPolicy, never, BackupPolicyChange>({
  name: 'backup-policy',
  path: 'backup-policies',
  tab: 'protection',
  titleOf: ({ asset, store }) => `${asset.name} · ${store.name}`,
  fields: [
    { name: 'source', kind: 'line', max: 1000, optional: true },
    ...scheduleFields(),
    { name: 'lockDays', kind: 'number', optional: true },
    { name: 'lockMode', kind: 'choice', values: LOCK_MODES, words: 'lock-mode', optional: true },
    { name: 'isGentle', kind: 'tick' },
  ],
  told: [
    { name: 'store', kind: 'reference', to: 'stores' },
    { name: 'sourceKind', kind: 'choice', values: SOURCE_KINDS, words: 'source-kind' },
    { name: 'intervalSeconds', kind: 'duration' },
    { name: 'isEnabled', kind: 'tick' },
  ],
  valuesOf: flat,
  formOf: (item) => ({ ...flat(item), source: null }),
  apart: ({ schedule }) => besidesRhythm(schedule.cadence.kind),
  columns: ['sourceKind', 'store', 'rhythm', 'intervalSeconds', 'isEnabled'],
  item: BackupPolicy,
  input: null,
  changeInput: BackupPolicyChange,
  list: listBackupPolicies,
  find: findBackupPolicy,
  findForChange: findBackupPolicyForChange,
  change: changeBackupPolicy,
  right: 'protection.change',
  actions: [
    {
      name: 'copy',
      fields: [
        { name: 'store', kind: 'reference', to: 'stores' },
        { name: 'lockDays', kind: 'number', optional: true },
        { name: 'lockMode', kind: 'choice', values: LOCK_MODES, words: 'lock-mode', optional: true },
        { name: 'isMove', kind: 'tick' },
      ],
      input: PolicyCopy,
      right: 'protection.change',
      isOffered: () => true,
      run: copyBackupPolicy,
    },
    {
      name: 'suspension',
      fields: [],
      input: z.object({}),
      right: 'protection.change',
      isOffered: ({ isEnabled }) => isEnabled,
      run: (work, id) => pauseBackupPolicy(work, id, true),
    },
    {
      name: 'resumption',
      fields: [],
      input: z.object({}),
      right: 'protection.change',
      isOffered: ({ isEnabled }) => !isEnabled,
      run: (work, id) => pauseBackupPolicy(work, id, false),
    },
  ],
  notices: async (work, item) => {
    const standing = await standingOf(work, item.id);
    return [await ageAgainstObjective(work, item, standing), ...whyThen(work, item, standing)];
  },
  parts: (work, { id }) => whatBecame(work, BACKUP, id, (run) => `/backup-runs/${run}`),
});

function flat({ schedule, lock, store, ...item }: BackupPolicy) {
  return {
    ...item,
    ...rhythmOf(schedule),
    store: store.id,
    lockDays: lock?.days ?? null,
    lockMode: lock?.mode ?? null,
  };
}

/** How old the data get by this schedule at worst, beside what the plan can bear. */
async function ageAgainstObjective(
  work: Work,
  policy: BackupPolicy,
  { durationSeconds }: Standing,
): Promise<Notice> {
  const worstSeconds = policy.intervalSeconds + durationSeconds;
  const facts = (await loadFacts(work, [await findClient(work, policy.client)])).get(policy.client);
  const rpoSeconds = (facts && assetObjectives(facts).get(policy.asset.id)?.rpoSeconds) ?? null;
  if (rpoSeconds === null)
    return { kind: 'plain', reason: { key: 'policy-age.no-objective', params: { worstSeconds } } };
  const isOver = worstSeconds > rpoSeconds;
  return {
    kind: isOver ? 'danger' : 'plain',
    reason: { key: isOver ? 'policy-age.over' : 'policy-age.within', params: { worstSeconds, rpoSeconds } },
  };
}

/** Of a policy that goes by an objective: from what its next due time follows. */
function whyThen(
  work: Work,
  { schedule: { cadence }, isEnabled }: BackupPolicy,
  standing: Standing,
): Notice[] {
  if (cadence.kind !== 'objective' || !isEnabled) return [];
  const { lastDataTime, durationSeconds, isUnderWay, notBefore } = standing;
  const { rpoSeconds } = cadence;
  const of = (key: string, params: Reason['params'] = {}): Notice[] => [
    { kind: 'plain', reason: { key, params } },
  ];
  if (isUnderWay) return of('policy-due.under-way');
  if (notBefore && notBefore > work.now) return of('policy-due.after-failure');
  if (lastDataTime === null) return of('policy-due.first');
  const ageSeconds = Math.round((work.now.getTime() - lastDataTime.getTime()) / 1000);
  return of('policy-due.objective', { ageSeconds, durationSeconds, rpoSeconds });
}
