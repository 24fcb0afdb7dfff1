import { z } from 'zod';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { CELL_STATES, scenarioMatrix } from '#/plans/readiness/scenario-matrix.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import type { ScenarioMatrixView } from '../views/scenario-matrix.ts';

const Matrix = z
  .object({
    scenarios: z.array(
      z.object({ id: z.uuid(), name: z.string(), state: z.string(), hasEffects: z.boolean() }),
    ),
    activities: z.array(z.object({ id: z.uuid(), name: z.string(), isPriority: z.boolean() })),
    cells: z.array(
      z.object({
        scenario: z.uuid(),
        activity: z.uuid(),
        state: z.enum(CELL_STATES),
        strategies: z.array(z.string()),
        plans: z.array(z.string()),
        exercisedAt: z.iso.datetime().nullable(),
      }),
    ),
  })
  .meta({ id: 'ScenarioMatrix' });

export const scenarioMatrixApi = [
  api({
    method: 'get',
    path: '/clients/:client/scenario-matrix',
    summary: 'Which scenario stops which activity, and what answers',
    params: OfClient,
    output: Matrix,
    run: async ({ work, params: { client } }) => (await matrixOf(work, client)).matrix,
  }),
];

export const scenarioMatrixPages = [
  page({
    method: 'get',
    path: '/clients/:client/scenario-matrix',
    summary: 'Scenario matrix',
    params: OfClient,
    run: async ({ work, params: { client: id } }) => {
      const { client, matrix } = await matrixOf(work, id);
      const nameOf = new Map([...matrix.scenarios, ...matrix.activities].map((one) => [one.id, one.name]));
      const byActivity = Map.groupBy(matrix.cells, ({ activity }) => activity);
      const data: ScenarioMatrixView = {
        client,
        states: CELL_STATES,
        scenarios: matrix.scenarios,
        rows: matrix.activities.map((activity) => ({
          activity,
          cells: (byActivity.get(activity.id) ?? []).map((cell) => ({
            ...cell,
            scenarioName: nameOf.get(cell.scenario) ?? '',
          })),
        })),
        gaps: matrix.cells
          .filter(({ state }) => state === 'gap')
          .map(({ scenario, activity }) => ({
            scenario: { id: scenario, name: nameOf.get(scenario) ?? '' },
            activity: { id: activity, name: nameOf.get(activity) ?? '' },
          })),
      };
      return { show: 'clients/scenario-matrix', data };
    },
  }),
];

async function matrixOf(work: Work, id: string) {
  const client = await findClient(work, id);
  const facts = await loadFacts(work, [client]);
  return { client, matrix: scenarioMatrix(facts.get(id)!) };
}
