/** Starting the next version of a plan, on a page. */
import { z } from 'zod';
import { findClient } from '#/plans/clients.ts';
import { draftVersion, listVersions, NewPlanVersion, STARTS } from '#/plans/plan-versions.ts';
import { findPlan } from '#/plans/plans.ts';
import { hasStarter } from '#/plans/starter-plans.ts';
import type { Work } from '#/plans/work.ts';
import { page, type Typed } from '../http/route.ts';
import { OfPlan } from '../http/shapes.ts';
import type { Field } from '../records/field.ts';
import { inputsOf } from '../records/inputs.ts';
import { parseForm } from '../records/parse-form.ts';
import type { NewVersionView } from '../views/plans.ts';
import { form } from '../views.ts';

const AsTyped = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

export const planDraftsPages = [
  page({
    method: 'get',
    path: '/plans/:plan/versions/new',
    summary: 'Start the next version',
    params: OfPlan,
    run: async ({ work, params: { plan } }) => ({
      show: 'plans/new-version',
      data: await view(work, plan, {}),
    }),
  }),
  page({
    method: 'post',
    path: '/plans/:plan/versions',
    summary: 'Draft the next version',
    params: OfPlan,
    body: AsTyped,
    run: async ({ work, params: { plan }, body }) => {
      const { client } = await findPlan(work, plan);
      const { timeZone } = await findClient(work, client);
      const fields = await fieldsOf(work, plan);
      const { id } = await draftVersion(work, plan, parseForm(fields, NewPlanVersion, body, timeZone));
      return { goTo: `/plan-versions/${id}` };
    },
    again: async ({ work, params: { plan }, typed, problem }) => ({
      show: 'plans/new-version',
      data: await view(work, plan, typed, problem),
    }),
  }),
];

/** Only what there is can be started from. */
async function fieldsOf(work: Work, planId: string): Promise<Field[]> {
  const { kind } = await findPlan(work, planId);
  const isFirst = (await listVersions(work, planId)).length === 0;
  const starts = STARTS.filter(
    (start) => (start !== 'last' || !isFirst) && (start !== 'starter' || hasStarter(kind)),
  );
  return [
    { name: 'start', kind: 'choice', values: starts, words: 'plan-start' },
    { name: 'changeSummary', kind: 'text', optional: isFirst, max: 2000, rows: 3 },
    { name: 'effectiveOn', kind: 'date', optional: true },
  ];
}

async function view(
  work: Work,
  planId: string,
  typed: Typed,
  problem: Parameters<typeof form>[1] = null,
): Promise<NewVersionView> {
  const { id, client, title } = await findPlan(work, planId);
  const filled = form(typed, problem);
  return {
    client: await findClient(work, client),
    plan: { id, title },
    inputs: inputsOf(await fieldsOf(work, planId), {
      words: 'plan-version',
      typed,
      choices: {},
      errors: filled.errors,
    }),
    form: filled,
  };
}
