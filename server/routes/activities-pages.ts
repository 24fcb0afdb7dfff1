import { z } from 'zod';
import { may } from '#/plans/access.ts';
import {
  type Activity,
  approveActivity,
  changeActivity,
  findActivity,
  findActivityForChange,
  NewActivity,
  removeActivity,
} from '#/plans/activities.ts';
import { listAssets } from '#/plans/assets.ts';
import { findClient } from '#/plans/clients.ts';
import { listDependencies } from '#/plans/dependencies.ts';
import type { Work } from '#/plans/work.ts';
import type { Problem } from '../http/problems.ts';
import { etagOf, page, type Typed } from '../http/route.ts';
import { One } from '../http/shapes.ts';
import { type ActivityView, form } from '../views.ts';
import { differencesOf, filledFrom } from './edited.ts';

/** One activity: reading, changing, approving and removing it. */
export const activitiesPages = [
  page({
    method: 'get',
    path: '/activities/:id',
    summary: 'One activity',
    params: One,
    query: z.object({ saved: z.string().optional() }),
    run: async ({ work, params: { id }, query: { saved } }) => {
      const activity = await findActivity(work, id);
      return {
        show: 'clients/activity',
        data: { ...(await show(work, activity)), isSaved: saved !== undefined },
      };
    },
  }),
  page({
    method: 'post',
    path: '/activities/:id',
    summary: 'Change an activity',
    params: One,
    body: NewActivity,
    current: ({ work, params: { id } }) => findActivityForChange(work, id),
    run: async ({ work, params: { id }, body }) => {
      await changeActivity(work, id, body);
      return { goTo: `/activities/${id}?saved` };
    },
    again: ({ work, params: { id }, typed, problem }) => showAgain(work, id, typed, problem),
  }),
  page({
    method: 'post',
    path: '/activities/:id/approval',
    summary: 'Approve the impact analysis of an activity',
    params: One,
    current: ({ work, params: { id } }) => findActivityForChange(work, id),
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await approveActivity(work, id)).client}/inventory`,
    }),
    again: ({ work, params: { id }, problem }) => showRefused(work, id, problem),
  }),
  page({
    method: 'post',
    path: '/activities/:id/removal',
    summary: 'Take an activity out',
    params: One,
    current: ({ work, params: { id } }) => findActivityForChange(work, id),
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await removeActivity(work, id)).client}/inventory`,
    }),
    again: ({ work, params: { id }, problem }) => showRefused(work, id, problem),
  }),
];

const FIELDS = {
  name: { term: 'term.name', kind: 'text' },
  owner: { term: 'term.owner', kind: 'text' },
  isPriority: { term: 'inventory.priority', kind: 'tick' },
  mtpdSeconds: { term: 'inventory.mtpd', kind: 'seconds' },
  rtoSeconds: { term: 'inventory.rto', kind: 'seconds' },
  rpoSeconds: { term: 'inventory.rpo', kind: 'seconds' },
  mbco: { term: 'inventory.mbco', kind: 'text' },
  description: { term: 'term.description', kind: 'text' },
} as const;

async function show(work: Work, activity: Activity): Promise<ActivityView> {
  const assets = await listAssets(work, activity.client);
  const names = new Map(assets.map(({ id, name }) => [id, name]));
  const dependencies = await listDependencies(work, activity.client, { of: activity.id });
  return {
    client: await findClient(work, activity.client),
    activity,
    version: etagOf(activity),
    isSaved: false,
    differences: [],
    needs: dependencies.map((dependency) => ({ dependency, to: names.get(dependency.to) ?? '–' })),
    may: {
      change: may(work, 'activity.change'),
      approve: may(work, 'activity.approve'),
      changeNeeds: may(work, 'inventory.change'),
    },
    form: form(filledFrom(NewActivity.parse(activity))),
  };
}

/** What was typed, beside what somebody else has recorded meanwhile. Sent again, it replaces that knowingly. */
async function showAgain(work: Work, id: string, typed: Typed, problem: Problem) {
  const activity = await findActivity(work, id);
  const wanted = NewActivity.safeParse(typed);
  const differences = problem.key === 'http.changed-meanwhile' && wanted.success;
  return {
    show: 'clients/activity',
    data: {
      ...(await show(work, activity)),
      differences: differences ? differencesOf(FIELDS, activity, wanted.data) : [],
      form: form(typed, problem),
    } satisfies ActivityView,
  };
}

async function showRefused(work: Work, id: string, problem: Problem) {
  const shown = await show(work, await findActivity(work, id));
  return { show: 'clients/activity', data: { ...shown, form: form(shown.form.typed, problem) } };
}
