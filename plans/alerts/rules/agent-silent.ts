import { SILENT_AFTER_MS } from '../../agents.ts';
import type { Found, RecordRule } from './rule.ts';

/** Machines are started anew: what is back within a quarter of an hour is told to nobody. */
const GRACE_MS = SILENT_AFTER_MS + 10 * 60_000;

/** An agent that was enrolled is not heard of any more: nothing that it has to back up is backed up. */
export const agentSilent: RecordRule = {
  name: 'agent-silent',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('agents as agent')
      .leftJoin('backup_policies as policy', (join) =>
        join
          .onRef('policy.client_id', '=', 'agent.client_id')
          .onRef('policy.agent_id', '=', 'agent.id')
          .on('policy.is_enabled', '=', true),
      )
      .leftJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'policy.client_id').onRef('asset.id', '=', 'policy.asset_id'),
      )
      .select(['agent.client_id', 'agent.id', 'agent.name', 'agent.seen_at'])
      .select(['asset.id as asset_id', 'asset.name as asset_name'])
      .where('agent.revoked_at', 'is', null)
      .where('agent.seen_at', '<', new Date(now.getTime() - GRACE_MS))
      .orderBy('agent.seen_at')
      .orderBy('asset.name')
      .limit(100_000)
      .execute();
    const byAgent = Map.groupBy(rows, ({ id }) => id);
    return [...byAgent.values()].map((own): Found & { client: string } => {
      const { client_id: client, id, name, seen_at } = own[0]!;
      const assets = own.flatMap(({ asset_id, asset_name }) =>
        asset_id && asset_name ? [{ kind: 'asset', id: asset_id, name: asset_name }] : [],
      );
      return {
        client,
        key: id,
        severity: assets.length > 0 ? 'critical' : 'warning',
        since: seen_at ?? now,
        reason: { key: 'alert.agent-silent', params: { agent: name, count: assets.length } },
        because: null,
        subjects: [{ kind: 'agent', id, name }, ...assets],
      };
    });
  },
};
