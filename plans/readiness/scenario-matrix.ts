/** Which scenario brings down which activity, and what there is against it. */
import type { ExerciseFacts, ScenarioFacts, StrategyFacts } from '../continuity-facts.ts';
import type { ActivityFacts, ClientFacts, PlanFacts } from '../facts.ts';
import { byName, type Graph, graphOf, reach } from './graph.ts';
import { type Losses, lossesOf, WORK_EDGES } from './scenario-losses.ts';

/** From worst to best; `unhit` stands apart. */
export const CELL_STATES = ['gap', 'strategy', 'plan', 'exercised', 'unhit'] as const;
export type CellState = (typeof CELL_STATES)[number];

export interface MatrixCell {
  scenario: string;
  activity: string;
  /**
   * `gap`: it stands still and nothing answers; `strategy`: a strategy was chosen for it, but no plan in force answers;
   * `plan`: a plan in force answers; `exercised`: and was exercised on this scenario in the last year.
   */
  state: CellState;
  strategies: string[];
  plans: string[];
  exercisedAt: string | null;
}

export interface ScenarioMatrix {
  /** Those that were not set aside, by name. */
  scenarios: { id: string; name: string; state: ScenarioFacts['state']; hasEffects: boolean }[];
  activities: { id: string; name: string; isPriority: boolean }[];
  cells: MatrixCell[];
}

const YEAR_MS = 365 * 86_400_000;

export function scenarioMatrix(facts: ClientFacts): ScenarioMatrix {
  const graph = graphOf(facts);
  const scenarios = byName(facts.scenarios.filter(({ state }) => state !== 'set-aside'));
  const activities = [...byName(facts.activities)].sort(
    (left, right) => Number(right.isPriority) - Number(left.isPriority),
  );
  return {
    scenarios: scenarios.map(({ id, name, state, effects }) => ({
      id,
      name,
      state,
      hasEffects: effects.length > 0,
    })),
    activities: activities.map(({ id, name, isPriority }) => ({ id, name, isPriority })),
    cells: scenarios.flatMap((scenario) => {
      const losses = lossesOf(facts, scenario, graph);
      return activities.map((activity) => cellOf(facts, graph, scenario, activity, losses));
    }),
  };
}

function cellOf(
  facts: ClientFacts,
  graph: Graph,
  scenario: ScenarioFacts,
  activity: ActivityFacts,
  losses: Losses,
): MatrixCell {
  const downAndNeeded = new Set(
    reach(graph, activity, WORK_EDGES)
      .assets.map(({ id }) => id)
      .filter((id) => losses.down.has(id)),
  );
  const strategies = facts.strategies.filter((one) => isAnswer(one, scenario, activity, downAndNeeded));
  const plans = facts.plans.filter((plan) => isInForceFor(plan, scenario, activity));
  const exercisedAt = lastExercise(facts.exercises, scenario, plans);
  const isFresh = exercisedAt !== null && Date.parse(facts.now) - Date.parse(exercisedAt) <= YEAR_MS;
  const found = isFresh
    ? 'exercised'
    : plans.length > 0
      ? 'plan'
      : strategies.length > 0
        ? 'strategy'
        : 'gap';
  return {
    scenario: scenario.id,
    activity: activity.id,
    state: losses.activities.has(activity.id) ? found : 'unhit',
    strategies: strategies.map(({ name }) => name).sort(),
    plans: plans.map(({ title }) => title).sort(),
    exercisedAt,
  };
}

/** A strategy that was chosen, for this scenario or for all, and for the activity or something it needs that went down. */
const isAnswer = (
  { state, scenario: of, protects }: StrategyFacts,
  scenario: ScenarioFacts,
  activity: ActivityFacts,
  down: ReadonlySet<string>,
): boolean =>
  (state === 'chosen' || state === 'in-place') &&
  (of === null || of === scenario.id) &&
  (protects.kind === 'activity' ? protects.id === activity.id : down.has(protects.id));

const isInForceFor = (plan: PlanFacts, scenario: ScenarioFacts, activity: ActivityFacts): boolean =>
  plan.inForce !== null && plan.scenarios.includes(scenario.id) && plan.activities.includes(activity.id);

function lastExercise(
  exercises: ExerciseFacts[],
  scenario: ScenarioFacts,
  plans: PlanFacts[],
): string | null {
  const ids = new Set(plans.map(({ id }) => id));
  const ends = exercises
    .filter(
      ({ state, scenario: of, plans: tried }) =>
        state === 'done' && of === scenario.id && tried.some((id) => ids.has(id)),
    )
    .flatMap(({ endedAt }) => endedAt ?? []);
  return ends.sort().at(-1) ?? null;
}
