import { sql } from 'kysely';
import type { RecordRule } from './rule.ts';

/** The queue hands what a dead worker held to another one within a minute: after this nobody has taken it. */
const SILENT_MS = 10 * 60_000;

interface Row {
  client_id: string;
  run_id: string;
  worker: string;
  beat_at: Date;
  asset_id: string;
  asset_name: string;
}

/** A backup or restore test counts as under way, and nobody has been heard to work at it. */
export const runStalled: RecordRule = {
  name: 'run-stalled',
  async find({ db, now }) {
    const { rows } = await sql<Row>`
      select attempt.client_id, attempt.run_id, attempt.worker, attempt.beat_at, asset.id as asset_id, asset.name as asset_name
      from attempts as attempt
      left join backup_runs as run on run.client_id = attempt.client_id and run.id = attempt.run_id
      left join backup_policies as policy on policy.client_id = run.client_id and policy.id = run.policy_id
      left join restore_tests as test on test.client_id = attempt.client_id and test.id = attempt.run_id
      join assets as asset on asset.client_id = attempt.client_id and asset.id = coalesce(policy.asset_id, test.asset_id)
      -- What an agent holds is told of the agent.
      where policy.agent_id is null and attempt.ended_at is null and attempt.beat_at < ${new Date(now.getTime() - SILENT_MS)}
      order by attempt.beat_at
      limit 100000`.execute(db);
    return rows.map((row) => ({
      client: row.client_id,
      key: row.run_id,
      severity: 'critical',
      since: row.beat_at,
      reason: { key: 'alert.run-stalled', params: { asset: row.asset_name, worker: row.worker } },
      because: null,
      subjects: [{ kind: 'asset', id: row.asset_id, name: row.asset_name }],
    }));
  },
};
