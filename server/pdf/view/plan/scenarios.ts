/** Which scenario stops which activity and what answers it, and the strategies that were chosen. */
import type { PlanSnapshot } from '#/plans/reports/plan/snapshot.ts';
import { type SignName, signOf } from '#/server/charts/signs.ts';
import type { Voice } from '../voice.ts';

const SIGNS: Record<PlanSnapshot['matrix'][number]['state'], SignName> = {
  gap: 'contradicted',
  strategy: 'declared',
  plan: 'partial',
  exercised: 'proven',
  unhit: 'not-applicable',
};

/** A page is as wide as that. */
const MOST_COLUMNS = 8;

export function scenariosView(snapshot: PlanSnapshot, voice: Voice) {
  const { scenarios, activities, matrix, strategies } = snapshot;
  const gaps = matrix.filter(({ state }) => state === 'gap').length;
  const stateOf = new Map(matrix.map((cell) => [`${cell.scenario} ${cell.activity}`, cell.state]));
  const groups = groupsOf(activities);
  return {
    title: scenariosTitle(scenarios.length, gaps, voice),
    tables:
      scenarios.length === 0
        ? []
        : groups.map((columns) => ({
            columns: columns.map(({ name }) => name),
            rows: scenarios.map(({ id, name, likelihood }) => ({
              name,
              likelihood: likelihood === null ? '' : voice.say('plan.likelihood', { likelihood }),
              cells: columns.map((activity) =>
                cellView(stateOf.get(`${id} ${activity.id}`) ?? 'unhit', voice),
              ),
            })),
          })),
    legend: (Object.keys(SIGNS) as (keyof typeof SIGNS)[]).map((state) => ({
      ...cellView(state, voice),
      means: voice.word(`matrix.meaning.${state}`),
    })),
    strategies: strategies.map((strategy) => ({
      ...{ name: strategy.name, protects: strategy.protects, risk: strategy.residualRisk ?? '' },
      state: voice.word(`strategy-state.${strategy.state}`),
      option: strategy.option ?? voice.say('plan.no-option'),
      rto: strategy.rtoSeconds === null ? voice.say('none') : voice.duration(strategy.rtoSeconds),
      rpo: strategy.rpoSeconds === null ? voice.say('none') : voice.duration(strategy.rpoSeconds),
    })),
  };
}

const cellView = (state: keyof typeof SIGNS, voice: Voice) => ({
  sign: signOf(SIGNS[state]),
  word: voice.word(`matrix.state.${state}`),
});

function groupsOf<Item>(items: Item[]): Item[][] {
  const groups: Item[][] = [];
  for (let at = 0; at < items.length; at += MOST_COLUMNS) groups.push(items.slice(at, at + MOST_COLUMNS));
  return groups;
}

function scenariosTitle(count: number, gaps: number, voice: Voice): string {
  if (count === 0) return voice.say('plan.scenarios.none');
  return gaps > 0
    ? voice.say('plan.scenarios.gaps', { count: gaps })
    : voice.say('plan.scenarios.title', { count });
}
