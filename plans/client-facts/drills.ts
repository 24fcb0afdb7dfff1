/** Scenario drills of clients that ended by themselves. */
import { sql } from 'kysely';
import type { StepRunFacts } from '../continuity-facts.ts';
import { CLOCK_SET_BACK, type DrillOutcome } from '../drills/outcome.ts';
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

/** Runbook steps that people began and did in drills: measured as those of an incident are. */
export async function loadDrillStepRuns(work: Work, ids: string[]) {
  const rows = await work.db
    .selectFrom('drill_items as item')
    .innerJoin('drills as drill', (join) =>
      join.onRef('drill.client_id', '=', 'item.client_id').onRef('drill.id', '=', 'item.drill_id'),
    )
    .select(['item.client_id', 'item.key', 'item.started_at', 'item.ended_at', 'drill.id', 'drill.plan'])
    .where('item.client_id', 'in', ids)
    .where('item.kind', '=', 'step')
    .where('item.state', '=', 'done')
    .where('item.started_at', 'is not', null)
    .where('drill.state', 'in', ['passed', 'failed', 'inconclusive'])
    .where(sql<boolean>`not drill.outcome -> 'notShown' @> ${JSON.stringify([{ key: CLOCK_SET_BACK }])}`)
    .where('drill.alarm_at', '>', since(work))
    .orderBy('item.ended_at', 'desc')
    .orderBy('item.key')
    .limit(50_000)
    .execute();
  return byClient(rows, ({ key, started_at, ended_at, id, plan }): StepRunFacts => {
    const { step, asset } = (plan as DrillPlan).items.find((item) => item.key === key)!;
    return {
      plan: step!.plan.id,
      planVersion: step!.version,
      key: step!.key,
      asset: asset?.id ?? null,
      state: 'done',
      seconds: Math.ceil((ended_at!.getTime() - started_at!.getTime()) / 1000),
      endedAt: ended_at!.toISOString(),
      during: { kind: 'drill', id },
    };
  });
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
