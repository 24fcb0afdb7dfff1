import type { RecordRule } from './rule.ts';

/** The clock asks every quarter of a minute: what it has not begun by then, nobody begins. */
const GRACE_MS = 15 * 60_000;

/** A backup was due and nothing began. */
export const backupMissed: RecordRule = {
  name: 'backup-missed',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('backup_policies as policy')
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'policy.client_id').onRef('asset.id', '=', 'policy.asset_id'),
      )
      .select(['policy.client_id', 'policy.id', 'policy.next_due_at', 'asset.id as asset_id', 'asset.name'])
      .where('policy.is_enabled', '=', true)
      .where('asset.retired_at', 'is', null)
      .where('policy.next_due_at', '<', new Date(now.getTime() - GRACE_MS))
      .orderBy('policy.next_due_at')
      .limit(100_000)
      .execute();
    return rows.map((row) => ({
      client: row.client_id,
      key: row.id,
      severity: 'critical',
      since: row.next_due_at,
      reason: { key: 'alert.backup-missed', params: { asset: row.name } },
      because: null,
      subjects: [{ kind: 'asset', id: row.asset_id, name: row.name }],
    }));
  },
};
