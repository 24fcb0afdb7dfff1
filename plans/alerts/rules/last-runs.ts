/** How the last backup of each policy ended that is switched on and whose asset is still there. */
import { sql } from 'kysely';
import type { Finding } from '../../findings.ts';
import type { Work } from '../../work.ts';

export interface LastRun {
  client: string;
  policy: string;
  asset: { id: string; name: string };
  store: { id: string; name: string };
  /** Of the last run that ended, and when the first one of an unbroken row of failures did. */
  finding: Finding | null;
  failedSince: Date | null;
  runs: number;
}

/** Skipped runs say nothing of whether the backup works, nor do those that a clock which ran ahead began in times to come. */
export async function lastFailures({ db, now }: Work): Promise<LastRun[]> {
  const { rows } = await sql<Row>`
    select policy.client_id, policy.id as policy_id, asset.id as asset_id, asset.name as asset_name,
      store.id as store_id, store.name as store_name,
      last.finding, last.finding_code, last.finding_params, broken.since, broken.runs
    from backup_policies as policy
    join assets as asset on asset.client_id = policy.client_id and asset.id = policy.asset_id and asset.retired_at is null
    join stores as store on store.client_id = policy.client_id and store.id = policy.store_id
    join lateral (
      select run.state, run.finding, run.finding_code, run.finding_params from backup_runs as run
      where run.client_id = policy.client_id and run.policy_id = policy.id and run.state in ('done', 'done-with-reservations', 'failed')
        and run.asked_at <= ${now}
      order by run.asked_at desc limit 1) as last on last.state = 'failed'
    join lateral (
      select min(run.finished_at) as since, count(*)::int as runs from backup_runs as run
      where run.client_id = policy.client_id and run.policy_id = policy.id and run.state = 'failed'
        and run.asked_at <= ${now} and run.asked_at > coalesce((
          select max(good.asked_at) from backup_runs as good
          where good.client_id = policy.client_id and good.policy_id = policy.id and good.state in ('done', 'done-with-reservations')
            and good.asked_at <= ${now}), '-infinity')) as broken on true
    where policy.is_enabled
    order by store.id, asset.name
    limit 100000`.execute(db);
  return rows.map((row) => ({
    client: row.client_id,
    policy: row.policy_id,
    asset: { id: row.asset_id, name: row.asset_name },
    store: { id: row.store_id, name: row.store_name },
    finding:
      row.finding_code === null
        ? null
        : {
            code: row.finding_code,
            params: (row.finding_params ?? {}) as Finding['params'],
            message: row.finding ?? '',
          },
    failedSince: row.since,
    runs: row.runs,
  }));
}

/** The store itself is out of reach or refuses everything: not one object of it. */
export const isOfStore = (finding: Finding | null): boolean =>
  finding?.code.startsWith('store.') === true && !('object' in finding.params);

interface Row {
  client_id: string;
  policy_id: string;
  asset_id: string;
  asset_name: string;
  store_id: string;
  store_name: string;
  finding: string | null;
  finding_code: string | null;
  finding_params: unknown;
  since: Date | null;
  runs: number;
}
