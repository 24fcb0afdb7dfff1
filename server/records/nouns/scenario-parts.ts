/** What a scenario brings down and what there is against it, on its page. */
import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { DRILL_STATES, listDrills } from '#/plans/drills/drills.ts';
import { EXERCISE_KINDS, EXERCISE_STATES, listExercises } from '#/plans/exercises.ts';
import { CELL_STATES, scenarioMatrix } from '#/plans/readiness/scenario-matrix.ts';
import type { Scenario } from '#/plans/scenarios.ts';
import { listStrategies, STRATEGY_STATES } from '#/plans/strategies.ts';
import type { Work } from '#/plans/work.ts';
import type { SubList } from '../noun.ts';

/** Its column of the matrix, without what goes on; what nothing answers stands first. */
export async function hitPart(work: Work, { id, client }: Scenario): Promise<SubList> {
  const facts = await loadFacts(work, [await findClient(work, client)]);
  const { activities, cells } = scenarioMatrix(facts.get(client)!);
  return {
    name: 'scenario.hit',
    columns: [
      { name: 'activity', kind: 'line' },
      { name: 'isPriority', kind: 'tick' },
      { name: 'state', kind: 'choice', values: CELL_STATES, words: 'matrix.state' },
      { name: 'exercisedAt', kind: 'moment' },
    ],
    rows: cells
      .filter(({ scenario, state }) => scenario === id && state !== 'unhit')
      .toSorted((left, right) => CELL_STATES.indexOf(left.state) - CELL_STATES.indexOf(right.state))
      .map(({ activity, state, exercisedAt }) => {
        const { name, isPriority } = activities.find((one) => one.id === activity)!;
        return {
          href: `/activities/${activity}`,
          values: { activity: name, isPriority, state, exercisedAt },
        };
      }),
  };
}

export const scenarioStrategiesPart = async (work: Work, { id, client }: Scenario): Promise<SubList> => ({
  name: 'scenario.strategies',
  columns: [
    { name: 'name', kind: 'line' },
    { name: 'activity', kind: 'reference', to: 'activities' },
    { name: 'asset', kind: 'reference', to: 'assets' },
    { name: 'state', kind: 'choice', values: STRATEGY_STATES, words: 'strategy-state' },
  ],
  rows: (await listStrategies(work, client))
    .filter(({ scenario }) => scenario === id)
    .map(({ id: strategy, name, activity, asset, state }) => ({
      href: `/strategies/${strategy}`,
      values: { name, activity, asset, state },
    })),
  addHref: may(work, 'continuity.change') ? `/clients/${client}/strategies/new?scenario=${id}` : null,
});

export const scenarioDrillsPart = async (work: Work, { id, client }: Scenario): Promise<SubList> => ({
  name: 'scenario.drills',
  columns: [
    { name: 'alarmAt', kind: 'moment' },
    {
      name: 'state',
      kind: 'choice',
      values: DRILL_STATES,
      words: 'drill-state',
      tones: {
        passed: 'proof',
        failed: 'danger',
        inconclusive: 'warning',
        running: 'moving',
        cancelled: 'open',
      },
    },
    { name: 'askedBy', kind: 'line' },
  ],
  rows: (await listDrills(work, client))
    .filter(({ scenario }) => scenario.id === id)
    .map(({ id: drill, alarmAt, state, askedBy }) => ({
      href: `/drills/${drill}`,
      values: { alarmAt, state, askedBy },
    })),
  addHref: may(work, 'drill.request') ? `/clients/${client}/drills/new?scenario=${id}` : null,
});

export const scenarioExercisesPart = async (work: Work, { id, client }: Scenario): Promise<SubList> => ({
  name: 'scenario.exercises',
  columns: [
    { name: 'title', kind: 'line' },
    { name: 'kind', kind: 'choice', values: EXERCISE_KINDS, words: 'exercise-kind' },
    { name: 'plannedOn', kind: 'date' },
    { name: 'state', kind: 'choice', values: EXERCISE_STATES, words: 'exercise-state' },
  ],
  rows: (await listExercises(work, client))
    .filter(({ scenario }) => scenario === id)
    .map(({ id: exercise, title, kind, plannedOn, state }) => ({
      href: `/exercises/${exercise}`,
      values: { title, kind, plannedOn, state },
    })),
  addHref: may(work, 'life.change') ? `/clients/${client}/exercises/new?scenario=${id}` : null,
});
