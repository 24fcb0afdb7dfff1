/** Scenario drills of clients that ended by themselves. */
import type { DrillOutcome } from '../drills/outcome.ts';
import type { DrillPlan } from '../drills/plan.ts';
import type { DrillFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import { byClient, since } from './rows.ts';

export async function loadDrills(work: Work, ids: string[]) {
  const rows = await work.db
    .selectFrom('drills')
    .select(['client_id', 'id', 'scenario_id', 'state', 'mode', 'ended_at', 'plan', 'outcome'])
    .where('client_id', 'in', ids)
    .where('state', 'in', ['passed', 'failed', 'inconclusive'])
    .where('alarm_at', '>', since(work))
    .orderBy('alarm_at', 'desc')
    .orderBy('id')
    .limit(10_000)
    .execute();
  const items = await work.db
    .selectFrom('drill_items')
    .select(['drill_id', 'key', 'state', 'ended_by'])
    .where('client_id', 'in', ids)
    .where('kind', '=', 'step')
    .limit(200_000)
    .execute();
  const itemsOf = Map.groupBy(items, ({ drill_id }) => drill_id);
  return byClient(
    rows,
    (row): DrillFacts => ({
      id: row.id,
      scenario: row.scenario_id,
      state: row.state as DrillFacts['state'],
      endedAt: row.ended_at!.toISOString(),
      deviations: (row.outcome as DrillOutcome).deviations,
      plans: plansIn(row.plan as DrillPlan, itemsOf.get(row.id) ?? []),
      isTableTop: row.mode === 'table-top',
    }),
  );
}

interface Step {
  key: string;
  state: string;
  ended_by: string | null;
}

function plansIn({ items }: DrillPlan, steps: Step[]): DrillFacts['plans'] {
  const planOf = new Map(items.map(({ key, step }) => [key, step?.plan.id]));
  const byPlan = Map.groupBy(steps, ({ key }) => planOf.get(key));
  return [...byPlan].flatMap(([plan, own]) =>
    plan !== undefined && own.every(({ state }) => state === 'done' || state === 'talked')
      ? [{ plan, people: new Set(own.map(({ ended_by }) => ended_by)).size }]
      : [],
  );
}
