/** What was due and did not begin: it is due still, or it was missed and none was begun since. */
import { sql } from 'kysely';
import { BACKUP } from '../../backup-policies.ts';
import { RESTORE_TEST } from '../../scheduled-tests.ts';
import type { Work } from '../../work.ts';
import type { Condition } from '../condition.ts';
import type { Found, RecordRule } from './rule.ts';

/** The clock asks every quarter of a minute: what it has not begun by then, nobody begins. */
const GRACE_MS = 15 * 60_000;

export const backupMissed: RecordRule = {
  name: 'backup-missed',
  find: async (work) =>
    told(await missedOf(work, BACKUP), { severity: 'critical', reason: 'alert.backup-missed' }),
};

export const testMissed: RecordRule = {
  name: 'test-missed',
  find: async (work) =>
    told(await missedOf(work, RESTORE_TEST), { severity: 'warning', reason: 'alert.test-missed' }),
};

interface Missed {
  client_id: string;
  subject_id: string;
  due_at: Date;
  cause: string | null;
  asset_id: string;
  asset_name: string;
}

/** The last that should have begun, by schedule. A backup's schedule is of a policy, a test's of a scheduled test of one. */
async function missedOf({ db, now }: Work, purpose: string): Promise<Missed[]> {
  const { rows } = await sql<Missed>`
    select schedule.client_id, schedule.subject_id, last.due_at, last.cause, asset.id as asset_id, asset.name as asset_name
    from schedules as schedule
    left join scheduled_tests as test on test.client_id = schedule.client_id and test.id = schedule.subject_id
    join backup_policies as policy on policy.client_id = schedule.client_id
      and policy.id = coalesce(test.policy_id, schedule.subject_id)
    join assets as asset on asset.client_id = policy.client_id and asset.id = policy.asset_id and asset.retired_at is null
    join lateral (
      select due_at, state, cause from occurrences
      where schedule_id = schedule.id and client_id = schedule.client_id and begin_from < ${new Date(now.getTime() - GRACE_MS)}
      order by due_at desc limit 1) as last on last.state in ('planned', 'missed')
    where schedule.purpose = ${purpose} and schedule.is_enabled
    order by last.due_at, asset.name
    limit 100000`.execute(db);
  return rows;
}

/** While the service was down a client missed all at once: that is one thing to know, and not one for each policy. */
function told(
  missed: Missed[],
  { severity, reason }: { severity: Condition['severity']; reason: string },
): (Found & { client: string })[] {
  const keyOf = ({ client_id, subject_id, cause }: Missed) =>
    cause === 'service-down' ? `service-down ${client_id}` : subject_id;
  return [...Map.groupBy(missed, keyOf)].map(([key, own]) => {
    const first = own[0]!;
    return {
      client: first.client_id,
      key: key.split(' ')[0]!,
      severity,
      since: first.due_at,
      reason: { key: reason, params: { asset: first.asset_name, count: own.length } },
      because: null,
      subjects: own.map(({ asset_id: id, asset_name: name }) => ({ kind: 'asset', id, name })),
    };
  });
}
