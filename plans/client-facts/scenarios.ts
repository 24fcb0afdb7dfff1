/** What may happen to clients, and what they chose to do about it. */
import type { ScenarioFacts, StrategyFacts } from '../continuity-facts.ts';
import type { Work } from '../work.ts';
import { byClient } from './rows.ts';

export async function loadScenarios({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('risk_scenarios')
    .select(['client_id', 'id', 'name', 'family', 'likelihood', 'state'])
    .where('client_id', 'in', ids)
    .orderBy('name')
    .limit(100_000)
    .execute();
  const effects = await db
    .selectFrom('scenario_effects')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('id')
    .limit(500_000)
    .execute();
  const effectsOf = Map.groupBy(effects, ({ scenario_id }) => scenario_id);
  return byClient(
    rows,
    ({ id, name, family, likelihood, state }): ScenarioFacts => ({
      id,
      name,
      family,
      likelihood,
      state,
      effects: (effectsOf.get(id) ?? []).map((row) => ({
        on: row.asset_id
          ? { kind: 'asset' as const, id: row.asset_id }
          : { kind: 'site' as const, id: row.site_id ?? '' },
        effect: row.effect,
        durationSeconds: row.duration_seconds,
      })),
    }),
  );
}

export async function loadStrategies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('strategies')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('name')
    .orderBy('id')
    .limit(100_000)
    .execute();
  return byClient(
    rows,
    (row): StrategyFacts => ({
      id: row.id,
      name: row.name,
      protects: row.activity_id
        ? { kind: 'activity', id: row.activity_id }
        : { kind: 'asset', id: row.asset_id ?? '' },
      scenario: row.scenario_id,
      state: row.state,
      reason: row.reason,
      chosen: row.chosen === null ? null : ((row.options as StrategyFacts['chosen'][])[row.chosen] ?? null),
      decidedAt: row.decided_at?.toISOString() ?? null,
    }),
  );
}
