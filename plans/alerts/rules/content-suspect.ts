import { sql } from 'kysely';
import type { RecordRule } from './rule.ts';

interface Row {
  client_id: string;
  look_id: string;
  looked_at: Date;
  asset_id: string;
  asset_name: string;
  test_id: string;
}

/** What came back of an asset last looks encrypted, wiped or lost, and nobody said why that is in order. */
export const contentSuspect: RecordRule = {
  name: 'content-suspect',
  async find({ db }) {
    const { rows } = await sql<Row>`
      select * from (
        select distinct on (look.client_id, look.asset_id) look.client_id, look.id as look_id, look.looked_at, look.test_id,
          look.state, look.explained_at, asset.id as asset_id, asset.name as asset_name
        from content_looks as look
        join assets as asset on asset.client_id = look.client_id and asset.id = look.asset_id and asset.retired_at is null
        order by look.client_id, look.asset_id, look.looked_at desc) as last
      where state = 'suspect' and explained_at is null
      order by looked_at
      limit 100000`.execute(db);
    return rows.map((row) => ({
      client: row.client_id,
      key: row.asset_id,
      severity: 'critical',
      since: row.looked_at,
      reason: { key: 'alert.content-suspect', params: { asset: row.asset_name } },
      because: null,
      subjects: [
        { kind: 'asset', id: row.asset_id, name: row.asset_name },
        { kind: 'content-look', id: row.look_id, name: row.asset_name },
      ],
    }));
  },
};
