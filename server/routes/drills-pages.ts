import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import { listContacts } from '#/plans/contacts.ts';
import {
  Cancelling,
  cancelDrill,
  findDrill,
  findDrillForChange,
  isIntrusion,
  listDrills,
  NewDrill,
  previewDrill,
  startDrill,
} from '#/plans/drills/drills.ts';
import type { DrillPlan } from '#/plans/drills/plan.ts';
import { DrillStepEvent, runDrillStep } from '#/plans/drills/steps.ts';
import { listScenarios } from '#/plans/scenarios.ts';
import type { Work } from '#/plans/work.ts';
import { page, type Typed } from '../http/route.ts';
import { OfClient, One } from '../http/shapes.ts';
import type { DrillPrepareView } from '../views/drills.ts';
import { type Form, form } from '../views.ts';
import { against, barOf, expectedOf, showDrill, showMySteps } from './drills-show.ts';

/** For how long an intruder is taken to have been in, in days; empty: nobody was. */
const DWELLS = ['', '0', '1', '7', '30'] as const;

const Many = z.preprocess(
  (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
  z.array(z.uuid()).max(500),
);
const Chosen = z.object({
  scenario: z.preprocess((value) => (value === '' ? undefined : value), z.uuid().optional()),
  dwell: z.enum(DWELLS).optional(),
  absent: Many,
  lostStores: Many,
  activities: Many,
});
type Chosen = z.infer<typeof Chosen>;

const NoteInForm = z.preprocess((note) => (note === '' ? null : note), DrillStepEvent.shape.note);

/** Scenario drills: prepared, begun, followed live, and read afterwards. */
export const drillsPages = [
  page({
    method: 'get',
    path: '/clients/:client/drills',
    summary: 'Scenario drills of a client',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'drills/list',
      data: {
        client: await findClient(work, client),
        drills: await listDrills(work, client),
        mayStart: may(work, 'drill.request'),
      },
    }),
  }),
  page({
    method: 'get',
    path: '/clients/:client/drills/new',
    summary: 'Choose a scenario, and see what a drill of it would do',
    params: OfClient,
    query: Chosen,
    run: async ({ work, params: { client }, query }) => ({
      show: 'drills/prepare',
      data: await prepare(work, client, query, form()),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/drills',
    summary: 'Sound the alarm of a drill',
    params: OfClient,
    body: Chosen.extend({
      mode: NewDrill.shape.mode,
      deadlineSeconds: z.coerce.number().pipe(NewDrill.shape.deadlineSeconds.unwrap()),
    }),
    run: async ({ work, params: { client }, body }) => {
      const { mode, deadlineSeconds } = body;
      const question = questionOf(work, body.scenario ?? '', body);
      const { id } = await startDrill(work, client, NewDrill.parse({ ...question, mode, deadlineSeconds }));
      return { goTo: `/drills/${id}` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'drills/prepare',
      data: await prepare(work, client, chosenIn(typed), form(typed, problem)),
    }),
  }),
  page({
    method: 'get',
    path: '/drills/:id',
    summary: 'A drill: live while it runs, and what it came to',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'drills/show',
      data: await showDrill(work, await findDrill(work, id), form()),
    }),
  }),
  page({
    method: 'get',
    path: '/drills/:id/progress',
    summary: 'A drill, for a page that shows it live',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'partials/drill-progress',
      data: await showDrill(work, await findDrill(work, id), form()),
    }),
  }),
  page({
    method: 'post',
    path: '/drills/:id/cancellation',
    summary: 'Call a drill off',
    params: One,
    body: Cancelling,
    run: async ({ work, params: { id }, body }) => {
      await cancelDrill(work, id, body);
      return { goTo: `/drills/${id}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'drills/show',
      data: await showDrill(work, await findDrill(work, id), form(typed, problem)),
    }),
  }),
  page({
    method: 'get',
    path: '/drills/:id/my-steps',
    summary: 'What one has to do in a drill',
    params: One,
    query: z.object({ all: z.string().optional() }),
    run: async ({ work, params: { id }, query }) => ({
      show: 'drills/my-steps',
      data: await showMySteps(work, await findDrill(work, id), {
        isAll: query.all !== undefined,
        form: form(),
        refusedKey: null,
      }),
    }),
  }),
  page({
    method: 'post',
    path: '/drills/:id/my-steps',
    summary: 'Say what became of a step',
    params: One,
    body: DrillStepEvent.extend({ note: NoteInForm, all: z.string().optional() }),
    current: ({ work, params: { id } }) => findDrillForChange(work, id),
    run: async ({ work, params: { id }, body: { all, ...event } }) => {
      await runDrillStep(work, id, event);
      return { goTo: `/drills/${id}/my-steps${all ? '?all=1' : ''}` };
    },
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'drills/my-steps',
      data: await showMySteps(work, await findDrill(work, id), {
        isAll: typed.all !== undefined,
        form: form(typed, problem),
        refusedKey: String(typed.key ?? ''),
      }),
    }),
  }),
];

const chosenIn = (typed: Typed): Chosen => {
  const read = Chosen.safeParse(typed);
  return read.success ? read.data : { absent: [], lostStores: [], activities: [] };
};

const DAY_MS = 86_400_000;

function questionOf({ now }: Work, scenario: string, { dwell, absent, lostStores, activities }: Chosen) {
  return {
    scenario,
    absent,
    lostStores,
    activities: activities.length === 0 ? null : activities,
    compromisedAt: dwell ? new Date(now.getTime() - Number(dwell) * DAY_MS).toISOString() : null,
  };
}

async function prepare(work: Work, id: string, chosen: Chosen, shown: Form): Promise<DrillPrepareView> {
  const client = await findClient(work, id);
  const scenarios = (await listScenarios(work, id)).filter(({ state }) => state !== 'set-aside');
  const scenario = scenarios.find((one) => one.id === chosen.scenario) ?? null;
  const question = scenario && questionOf(work, scenario.id, chosen);
  const plan = question && (await previewDrill(work, id, question));
  // What stands still without a choice is what there is to choose from.
  const all = question && (await previewDrill(work, id, { ...question, activities: null }));
  const choices = (rows: { id: string; name: string }[], ids: readonly string[]) =>
    rows.map(({ id: one, name }) => ({ id: one, name, isChosen: ids.includes(one) }));
  return {
    client,
    scenarios: choices(scenarios, scenario ? [scenario.id] : []),
    chosen: scenario && { id: scenario.id, isIntrusion: isIntrusion(scenario) },
    contacts: choices(
      (await listContacts(work, id)).filter(({ leftOn }) => leftOn === null),
      chosen.absent,
    ),
    stores: choices(plan?.stores ?? [], chosen.lostStores),
    activities: choices(all?.activities ?? [], chosen.activities),
    dwells: DWELLS.map((days) => ({ days, isChosen: days === (chosen.dwell ?? '') })),
    plan,
    planned: plan ? plannedIn(plan) : [],
    measured: (plan?.activities ?? []).map((activity) => ({
      activity,
      expected: expectedOf(activity),
      loss: against(activity.lossSeconds, activity.rpoSeconds),
    })),
    kept: [
      { field: 'scenario', value: chosen.scenario ?? '' },
      { field: 'dwell', value: chosen.dwell ?? '' },
      ...(['absent', 'lostStores', 'activities'] as const).flatMap((field) =>
        chosen[field].map((value) => ({ field, value })),
      ),
    ],
    mayStart: may(work, 'drill.request'),
    form: shown,
  };
}

function plannedIn({ items, expectedSeconds }: DrillPlan): DrillPrepareView['planned'] {
  const scale = Math.max(1, expectedSeconds) * 1.02;
  const names = new Map(items.map(({ key, name }) => [key, name]));
  return items.map((item) => ({
    ...item,
    bar: barOf(item.startsAt, item.endsAt - item.startsAt, scale),
    waitsFor: item.after.map((key) => names.get(key)!),
  }));
}
