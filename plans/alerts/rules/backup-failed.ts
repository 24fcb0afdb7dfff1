import { isOfStore, lastFailures } from './last-runs.ts';
import type { RecordRule } from './rule.ts';

/** The last backup of a policy failed. What fails for its store is told of the store. */
export const backupFailed: RecordRule = {
  name: 'backup-failed',
  async find(work) {
    const failed = (await lastFailures(work)).filter(({ finding }) => !isOfStore(finding));
    return failed.map(({ client, policy, asset, finding, failedSince, runs }) => ({
      client,
      key: policy,
      severity: 'critical',
      since: failedSince ?? work.now,
      reason: { key: 'alert.backup-failed', params: { asset: asset.name, count: runs } },
      because: finding,
      subjects: [{ kind: 'asset', ...asset }],
    }));
  },
};
