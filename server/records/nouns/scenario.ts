import { EFFECT_KINDS, SCENARIO_FAMILIES } from '#/plans/continuity-facts.ts';
import {
  addScenario,
  changeScenario,
  findScenario,
  findScenarioForChange,
  listScenarios,
  NewScenario,
  removeScenario,
  SCENARIO_STATES,
  Scenario,
} from '#/plans/scenarios.ts';
import { takeStarterScenarios } from '#/plans/starter-scenarios.ts';
import { noun } from '../noun.ts';
import {
  hitPart,
  scenarioDrillsPart,
  scenarioExercisesPart,
  scenarioStrategiesPart,
} from './scenario-parts.ts';

export const scenario = noun<Scenario, NewScenario>({
  name: 'scenario',
  path: 'scenarios',
  tab: 'continuity',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line' },
    { name: 'family', kind: 'choice', values: SCENARIO_FAMILIES, words: 'scenario-family' },
    { name: 'description', kind: 'text', optional: true, rows: 6 },
    { name: 'likelihood', kind: 'number', optional: true },
    { name: 'state', kind: 'choice', values: SCENARIO_STATES, words: 'scenario-state' },
    { name: 'reason', kind: 'text', optional: true, max: 2000, rows: 2 },
    {
      name: 'effects',
      kind: 'rows',
      fields: [
        { name: 'asset', kind: 'reference', to: 'assets', optional: true },
        { name: 'site', kind: 'reference', to: 'sites', optional: true },
        { name: 'effect', kind: 'choice', values: EFFECT_KINDS, words: 'effect-kind' },
        { name: 'durationSeconds', kind: 'duration', optional: true },
      ],
    },
  ],
  columns: ['family', 'likelihood', 'state'],
  item: Scenario,
  input: NewScenario,
  list: listScenarios,
  find: findScenario,
  findForChange: findScenarioForChange,
  add: addScenario,
  change: changeScenario,
  remove: removeScenario,
  right: 'continuity.change',
  start: async () => ({ state: 'proposed' }),
  parts: async (work, one) => [
    await hitPart(work, one),
    await scenarioStrategiesPart(work, one),
    await scenarioExercisesPart(work, one),
    await scenarioDrillsPart(work, one),
  ],
  listActions: [
    {
      name: 'starter-set',
      right: 'continuity.change',
      isOffered: (scenarios) =>
        SCENARIO_FAMILIES.some((family) => !scenarios.some((one) => one.family === family)),
      run: takeStarterScenarios,
    },
  ],
});
