import { BACKUP } from '../../backup-policies.ts';
import type { RecordRule } from './rule.ts';

/** The clock asks every quarter of a minute: what it has not begun by then, nobody begins. */
const GRACE_MS = 15 * 60_000;

/** A backup was due and nothing began: it is due still, or it was missed and none was begun since. */
export const backupMissed: RecordRule = {
  name: 'backup-missed',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('schedules as schedule')
      .innerJoin('backup_policies as policy', (join) =>
        join
          .onRef('policy.client_id', '=', 'schedule.client_id')
          .onRef('policy.id', '=', 'schedule.subject_id'),
      )
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'policy.client_id').onRef('asset.id', '=', 'policy.asset_id'),
      )
      .innerJoinLateral(
        (from) =>
          from
            .selectFrom('occurrences')
            .select(['due_at', 'state'])
            .whereRef('schedule_id', '=', 'schedule.id')
            .whereRef('client_id', '=', 'schedule.client_id')
            .where('begin_from', '<', new Date(now.getTime() - GRACE_MS))
            .orderBy('due_at', 'desc')
            .limit(1)
            .as('last'),
        (join) => join.onTrue(),
      )
      .select(['policy.client_id', 'policy.id', 'last.due_at', 'asset.id as asset_id', 'asset.name'])
      .where('schedule.purpose', '=', BACKUP)
      .where('schedule.is_enabled', '=', true)
      .where('asset.retired_at', 'is', null)
      .where('last.state', 'in', ['planned', 'missed'])
      .orderBy('last.due_at')
      .limit(100_000)
      .execute();
    return rows.map((row) => ({
      client: row.client_id,
      key: row.id,
      severity: 'critical',
      since: row.due_at,
      reason: { key: 'alert.backup-missed', params: { asset: row.name } },
      because: null,
      subjects: [{ kind: 'asset', id: row.asset_id, name: row.name }],
    }));
  },
};
