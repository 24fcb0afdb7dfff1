/** What waits for somebody, or fell short: drills, requests for a second person, and sources whose points leave something out. */
import { sql } from 'kysely';
import type { Found, RecordRule } from './rule.ts';

type Ruled = Found & { client: string };

/** The last drill of a scenario failed, or something fell short in it; for a month, since what fell short is among the findings as well. */
export const drillFailed: RecordRule = {
  name: 'drill-failed',
  async find({ db, now }) {
    const { rows } = await sql<{
      client_id: string;
      id: string;
      scenario: string;
      ended_at: Date;
      state: string;
      deviations: number;
    }>`
      select * from (
        select distinct on (drill.client_id, drill.scenario_id) drill.client_id, drill.id, scenario.name as scenario,
          drill.ended_at, drill.state::text as state, jsonb_array_length(drill.outcome -> 'deviations') as deviations
        from drills as drill
        join risk_scenarios as scenario on scenario.client_id = drill.client_id and scenario.id = drill.scenario_id
        where drill.outcome is not null
        order by drill.client_id, drill.scenario_id, drill.ended_at desc) as last
      where (state = 'failed' or deviations > 0) and ended_at > ${now}::timestamptz - interval '30 days'
      order by ended_at
      limit 100000`.execute(db);
    return rows.map(
      (row): Ruled => ({
        client: row.client_id,
        key: row.id,
        severity: row.state === 'failed' ? 'critical' : 'warning',
        since: row.ended_at,
        reason: { key: 'alert.drill-failed', params: { scenario: row.scenario, count: row.deviations } },
        because: null,
        subjects: [{ kind: 'drill', id: row.id, name: row.scenario }],
      }),
    );
  },
};

/** A request that lapses unheard has to be made again, and what it was to remove stays. */
export const removalWaiting: RecordRule = {
  name: 'removal-waiting',
  async find({ db, now }) {
    const rows = await db
      .selectFrom('removal_requests')
      .select(['client_id', 'id', 'asked_at', 'asked_by', 'lapses_at'])
      .where('decision', 'is', null)
      .where('lapses_at', '>', now)
      .orderBy('asked_at')
      .limit(100_000)
      .execute();
    return rows.map(
      (row): Ruled => ({
        client: row.client_id,
        key: row.id,
        severity: 'notice',
        since: row.asked_at,
        reason: {
          key: 'alert.removal-waiting',
          params: { name: row.asked_by, lapsesAt: row.lapses_at.toISOString() },
        },
        because: null,
        subjects: [{ kind: 'removal-request', id: row.id, name: row.asked_by }],
      }),
    );
  },
};

/** The last look at a source found something that no point of it holds. */
export const thingsOmitted: RecordRule = {
  name: 'things-omitted',
  async find({ db }) {
    const { rows } = await sql<{
      client_id: string;
      id: string;
      looked_at: Date;
      omitted: number;
      asset_id: string;
      asset_name: string;
    }>`
      select * from (
        select distinct on (look.client_id, look.asset_id) look.client_id, look.id, look.looked_at, look.omitted,
          asset.id as asset_id, asset.name as asset_name
        from omission_checks as look
        join assets as asset on asset.client_id = look.client_id and asset.id = look.asset_id and asset.retired_at is null
        where look.state = 'done'
        order by look.client_id, look.asset_id, look.looked_at desc) as last
      where omitted > 0
      order by looked_at
      limit 100000`.execute(db);
    return rows.map(
      (row): Ruled => ({
        client: row.client_id,
        key: row.asset_id,
        severity: 'warning',
        since: row.looked_at,
        reason: { key: 'alert.things-omitted', params: { asset: row.asset_name, count: row.omitted } },
        because: null,
        subjects: [
          { kind: 'asset', id: row.asset_id, name: row.asset_name },
          { kind: 'omission-check', id: row.id, name: row.asset_name },
        ],
      }),
    );
  },
};
