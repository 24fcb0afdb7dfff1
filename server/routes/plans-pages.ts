import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActivities } from '#/plans/activities.ts';
import { findClient } from '#/plans/clients.ts';
import { notFound } from '#/plans/errors.ts';
import { SECTION_KINDS } from '#/plans/facts.ts';
import { Decision, decideVersion, submitVersion } from '#/plans/plan-decisions.ts';
import {
  draftVersion,
  findVersion,
  listVersions,
  NewPlanVersion,
  type PlanVersion,
} from '#/plans/plan-versions.ts';
import { createPlan, findPlan, listPlans, NewPlan, type Plan } from '#/plans/plans.ts';
import type { Locale } from '#/plans/reports/snapshot.ts';
import type { Work } from '#/plans/work.ts';
import { htmlOf } from '../http/markdown.ts';
import type { Say } from '../http/problems.ts';
import { page } from '../http/route.ts';
import type { Services } from '../http/services.ts';
import { OfClient, OfPlan, One } from '../http/shapes.ts';
import { type Form, form, type PlanEditView, type PlanListView, type PlanView } from '../views.ts';

/** A form sends one tick as a text and several as a list. */
const PlanForm = NewPlan.extend({
  activities: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    NewPlan.shape.activities,
  ),
});

const SectionsForm = z.record(z.string(), z.string().max(100_000));

/** Plans: list, read, write, submit, decide. */
export const plansPages = ({ templates }: Pick<Services, 'templates'>) => [
  page({
    method: 'get',
    path: '/clients/:client/plans',
    summary: 'Plans of a client',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'plans/list',
      data: await list(work, client, form()),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/plans',
    summary: 'Start a plan',
    params: OfClient,
    body: PlanForm,
    run: async ({ work, params: { client }, body }) => ({
      goTo: `/plans/${(await createPlan(work, client, body)).id}/edit`,
    }),
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'plans/list',
      data: await list(work, client, form(typed, problem)),
    }),
  }),
  page({
    method: 'get',
    path: '/plans/:id',
    summary: 'A plan, as it is in force',
    params: One,
    query: z.object({ version: z.uuid().optional() }),
    run: async ({ work, params: { id }, query: { version } }) => ({
      show: 'plans/show',
      data: await show(work, await findPlan(work, id), version ?? null, form()),
    }),
  }),
  page({
    method: 'get',
    path: '/plans/:id/edit',
    summary: 'Write the next version',
    params: One,
    run: async ({ work, params: { id } }) => ({
      show: 'plans/edit',
      data: await edit(work, await findPlan(work, id), form()),
    }),
  }),
  page({
    method: 'post',
    path: '/plans/:plan/versions',
    summary: 'Draft the next version',
    params: OfPlan,
    body: SectionsForm,
    run: async ({ work, locale, params: { plan }, body }) => {
      const version = await draftVersion(work, plan, versionOf(body, locale, templates.say));
      return { goTo: `/plans/${plan}?version=${version.id}` };
    },
    again: async ({ work, params: { plan }, typed, problem }) => ({
      show: 'plans/edit',
      data: await edit(work, await findPlan(work, plan), form(typed, problem)),
    }),
  }),
  page({
    method: 'post',
    path: '/plan-versions/:id/submission',
    summary: 'Freeze a draft and put it into review',
    params: One,
    run: async ({ work, params: { id } }) => goToVersion(await submitVersion(work, id)),
    again: async ({ work, params: { id }, typed, problem }) => showVersion(work, id, form(typed, problem)),
  }),
  page({
    method: 'post',
    path: '/plan-versions/:id/approval',
    summary: 'Approve or refuse a version',
    params: One,
    body: Decision,
    run: async ({ work, params: { id }, body }) => goToVersion(await decideVersion(work, id, body)),
    again: async ({ work, params: { id }, typed, problem }) => showVersion(work, id, form(typed, problem)),
  }),
];

const goToVersion = ({ plan, id }: PlanVersion) => ({ goTo: `/plans/${plan}?version=${id}` });

async function showVersion(work: Work, id: string, shown: Form) {
  const { plan } = await findVersion(work, id);
  return { show: 'plans/show', data: await show(work, await findPlan(work, plan), id, shown) };
}

async function list(work: Work, client: string, shown: Form): Promise<PlanListView> {
  const ticked = [shown.typed.activities ?? []].flat();
  return {
    client: await findClient(work, client),
    plans: await listPlans(work, client),
    activities: (await listActivities(work, client)).map((activity) => ({
      activity,
      isTicked: ticked.includes(activity.id),
    })),
    mayAdd: may(work, 'plan.change'),
    form: shown,
  };
}

async function show(work: Work, plan: Plan, asked: string | null, shown: Form): Promise<PlanView> {
  const versions = await listVersions(work, plan.id);
  if (asked && !versions.some(({ id }) => id === asked)) throw notFound('plan-version');
  const chosen = asked ?? (versions.find(({ state }) => state === 'in-force') ?? versions[0])?.id;
  const version = chosen ? await findVersion(work, chosen) : null;
  const activities = await listActivities(work, plan.client);
  return {
    client: await findClient(work, plan.client),
    plan,
    activities: activities.filter(({ id }) => plan.activities.includes(id)).map(({ name }) => name),
    version,
    sections: (version?.sections ?? []).map(({ kind, title, body }) => ({
      kind,
      title,
      html: htmlOf(body, title),
    })),
    versions,
    may: {
      draft:
        may(work, 'plan.change') && !versions.some(({ state }) => state === 'draft' || state === 'in-review'),
      submit: may(work, 'plan.change') && version?.state === 'draft',
      decide: may(work, 'plan.approve') && version?.state === 'in-review',
    },
    form: shown,
  };
}

/** What was typed, else the text of the newest version, else nothing. */
async function edit(work: Work, plan: Plan, shown: Form): Promise<PlanEditView> {
  const [newest] = await listVersions(work, plan.id);
  const before = newest ? (await findVersion(work, newest.id)).sections : [];
  return {
    client: await findClient(work, plan.client),
    plan,
    sections: SECTION_KINDS.map((kind) => ({
      kind,
      body:
        shown.typed[`section-${kind}`]?.toString() ??
        before.find((section) => section.kind === kind)?.body ??
        '',
    })),
    form: shown,
  };
}

function versionOf(body: Record<string, string>, locale: Locale, say: Say): z.output<typeof NewPlanVersion> {
  return NewPlanVersion.parse({
    changeSummary: body.changeSummary || null,
    sections: SECTION_KINDS.map((kind) => ({
      kind,
      title: say(locale, `section.${kind}`),
      body: body[`section-${kind}`] ?? '',
    })),
  });
}
