import { findingOfRow } from '../../findings.ts';
import type { Found, RecordRule } from './rule.ts';

/** Recovery points are gone from their store, or altered there, and somebody still waits for them. */
export const pointLost: RecordRule = {
  name: 'point-lost',
  async find({ db }) {
    const rows = await db
      .selectFrom('point_losses as loss')
      .innerJoin('recovery_points as point', (join) =>
        join.onRef('point.client_id', '=', 'loss.client_id').onRef('point.id', '=', 'loss.recovery_point_id'),
      )
      .innerJoin('assets as asset', (join) =>
        join.onRef('asset.client_id', '=', 'point.client_id').onRef('asset.id', '=', 'point.asset_id'),
      )
      .select(['loss.client_id', 'loss.found_at', 'point.id', 'point.point'])
      .select(['loss.finding', 'loss.finding_code', 'loss.finding_params'])
      .select(['asset.id as asset_id', 'asset.name as asset_name'])
      .where('loss.ended_at', 'is', null)
      .where('loss.given_up_at', 'is', null)
      .orderBy('loss.found_at')
      .limit(100_000)
      .execute();
    const byAsset = Map.groupBy(rows, ({ asset_id }) => asset_id);
    return [...byAsset.values()].map((lost): Found & { client: string } => {
      const first = lost[0]!;
      return {
        client: first.client_id,
        key: first.asset_id,
        severity: 'critical',
        since: first.found_at,
        reason: { key: 'alert.point-lost', params: { asset: first.asset_name, count: lost.length } },
        because: findingOfRow(first),
        subjects: [
          { kind: 'asset', id: first.asset_id, name: first.asset_name },
          ...lost.map(({ id, point }) => ({ kind: 'recovery-point', id, name: point })),
        ],
      };
    });
  },
};
