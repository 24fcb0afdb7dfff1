import {
  Cancelling,
  cancelDrill,
  Drill,
  DrillInList,
  DrillQuestion,
  findDrill,
  findDrillForChange,
  listDrills,
  NewDrill,
  previewDrill,
  startDrill,
} from '#/plans/drills/drills.ts';
import { DrillPlan } from '#/plans/drills/plan.ts';
import { DrillStepEvent, runDrillStep } from '#/plans/drills/steps.ts';
import type { Work } from '#/plans/work.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, One, whole } from '../http/shapes.ts';

const current = ({ work, params: { id } }: { work: Work; params: { id: string } }) =>
  findDrillForChange(work, id);

export const drillsApi = [
  api({
    method: 'get',
    path: '/clients/:client/drills',
    summary: 'Scenario drills, newest first',
    params: OfClient,
    output: listOf(DrillInList),
    run: async ({ work, params: { client } }) => whole(await listDrills(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/drill-plan',
    summary:
      'What a drill would do: what is lost, what is left, and the way back or why there is none. Begins nothing',
    params: OfClient,
    body: DrillQuestion,
    output: DrillPlan,
    run: ({ work, params: { client }, body }) => previewDrill(work, client, body),
  }),
  api({
    method: 'post',
    path: '/clients/:client/drills',
    summary: 'Sound the alarm of a drill: restores begin, and people are waited for',
    params: OfClient,
    body: NewDrill,
    output: Drill,
    status: 202,
    startsWork: true,
    run: ({ work, params: { client }, body }) => startDrill(work, client, body),
  }),
  api({
    method: 'get',
    path: '/drills/:id',
    summary: 'A drill with its plan, where it stands, its timeline and what it came to',
    params: One,
    output: Drill,
    run: ({ work, params: { id } }) => findDrill(work, id),
  }),
  api({
    method: 'post',
    path: '/drills/:id/steps',
    summary: 'Say what became of something that people do in a drill',
    params: One,
    body: DrillStepEvent,
    output: Drill,
    current,
    run: ({ work, params: { id }, body }) => runDrillStep(work, id, body),
  }),
  api({
    method: 'post',
    path: '/drills/:id/cancellation',
    summary: 'Call a drill off',
    params: One,
    body: Cancelling,
    output: Drill,
    current,
    run: ({ work, params: { id }, body }) => cancelDrill(work, id, body),
  }),
];
