/** What names an asset besides dependencies: as supplier, as way to reach somebody or copies, as target or place. */
import type { Work } from './work.ts';

/** Names of what does, each once. */
export async function listAssetUses({ db }: Work, asset: string): Promise<string[]> {
  const rows = await db
    .selectFrom('assets')
    .select('name')
    .where('supplier_id', '=', asset)
    .where('retired_at', 'is', null)
    .union((query) =>
      query
        .selectFrom('contact_points as point')
        .innerJoin('contacts as contact', (join) =>
          join
            .onRef('contact.client_id', '=', 'point.client_id')
            .onRef('contact.id', '=', 'point.contact_id'),
        )
        .select('contact.name')
        .where('point.needs_asset_id', '=', asset),
    )
    .union((query) =>
      query
        .selectFrom('stores')
        .select('name')
        .where((row) => row(row.val(asset), '=', row.fn.any('needs'))),
    )
    .union((query) =>
      query
        .selectFrom('plans')
        .select('title as name')
        .where((row) => row(row.val(asset), '=', row.fn.any('kept_in'))),
    )
    .union((query) =>
      query
        .selectFrom('scenario_effects as effect')
        .innerJoin('risk_scenarios as scenario', (join) =>
          join
            .onRef('scenario.client_id', '=', 'effect.client_id')
            .onRef('scenario.id', '=', 'effect.scenario_id'),
        )
        .select('scenario.name')
        .where('effect.asset_id', '=', asset),
    )
    .union((query) => query.selectFrom('strategies').select('name').where('asset_id', '=', asset))
    .orderBy('name')
    .limit(100)
    .execute();
  return rows.map(({ name }) => name);
}
