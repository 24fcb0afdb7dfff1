import type { Finding } from '../../findings.ts';
import type { Work } from '../../work.ts';
import type { AlertSubject } from '../condition.ts';
import { isOfStore, lastFailures } from './last-runs.ts';
import type { Found, RecordRule } from './rule.ts';

interface Trouble {
  client: string;
  store: { id: string; name: string };
  asset: { id: string; name: string };
  since: Date;
  finding: Finding;
}

/** A store is out of reach or refuses everything: one alert, however many backups fail for it. */
export const storeTrouble: RecordRule = {
  name: 'store-trouble',
  async find(work) {
    const troubles = [...(await failedBackups(work)), ...(await failedLooks(work))];
    const byStore = Map.groupBy(troubles, ({ store }) => store.id);
    return [...byStore.values()].map(asOne);
  },
};

async function failedBackups(work: Work): Promise<Trouble[]> {
  return (await lastFailures(work)).flatMap(({ client, store, asset, finding, failedSince }) =>
    finding && isOfStore(finding) ? [{ client, store, asset, finding, since: failedSince ?? work.now }] : [],
  );
}

/** The daily look at what it holds came to nothing. When it began is not on record: the last good look was before. */
async function failedLooks({ db, now }: Work): Promise<Trouble[]> {
  const rows = await db
    .selectFrom('reconciliations as look')
    .innerJoin('backup_policies as policy', (join) =>
      join.onRef('policy.client_id', '=', 'look.client_id').onRef('policy.id', '=', 'look.policy_id'),
    )
    .innerJoin('stores as store', (join) =>
      join.onRef('store.client_id', '=', 'policy.client_id').onRef('store.id', '=', 'policy.store_id'),
    )
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'policy.client_id').onRef('asset.id', '=', 'policy.asset_id'),
    )
    .select(['look.client_id', 'store.id as store_id', 'store.name as store_name'])
    .select(['asset.id as asset_id', 'asset.name as asset_name', 'look.looked_at'])
    .select(['look.finding', 'look.finding_code', 'look.finding_params'])
    .where('look.state', '=', 'failed')
    .where('look.finding_code', 'like', 'store.%')
    .orderBy('asset.name')
    .limit(100_000)
    .execute();
  return rows.flatMap((row) => {
    const finding = {
      code: row.finding_code ?? '',
      params: (row.finding_params ?? {}) as Finding['params'],
      message: row.finding ?? '',
    };
    if (!isOfStore(finding)) return [];
    return [
      {
        client: row.client_id,
        store: { id: row.store_id, name: row.store_name },
        asset: { id: row.asset_id, name: row.asset_name },
        since: row.looked_at ?? now,
        finding,
      },
    ];
  });
}

function asOne(troubles: Trouble[]): Found & { client: string } {
  const [first] = troubles.toSorted((left, right) => left.since.getTime() - right.since.getTime());
  const { client, store, since, finding } = first!;
  const assets = new Map(
    troubles.map(({ asset }): [string, AlertSubject] => [asset.id, { kind: 'asset', ...asset }]),
  );
  return {
    client,
    key: store.id,
    severity: 'critical',
    since,
    reason: { key: 'alert.store-trouble', params: { store: store.name, count: assets.size } },
    because: finding,
    subjects: [{ kind: 'store', ...store }, ...assets.values()],
  };
}
