import type { RecordRule } from './rule.ts';

/** A backup is still under way after its completion window. */
export const backupLate: RecordRule = {
  name: 'backup-late',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('backup_runs as run')
      .innerJoin('backup_policies as policy', (join) =>
        join.onRef('policy.client_id', '=', 'run.client_id').onRef('policy.id', '=', 'run.policy_id'),
      )
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'policy.client_id').onRef('asset.id', '=', 'policy.asset_id'),
      )
      .select(['run.client_id', 'run.policy_id', 'run.end_by', 'asset.id', 'asset.name'])
      .where('run.state', 'in', ['queued', 'running'])
      .where('run.end_by', '<', now)
      .orderBy('run.end_by')
      .limit(100_000)
      .execute();
    return rows.map(({ client_id, policy_id, end_by, id, name }) => ({
      client: client_id,
      key: policy_id,
      severity: 'warning',
      since: end_by ?? now,
      reason: { key: 'alert.backup-late', params: { asset: name } },
      because: null,
      subjects: [{ kind: 'asset', id, name }],
    }));
  },
};
