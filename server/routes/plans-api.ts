import { Assertion, addAssertion, listAssertionsOfPlan, NewAssertion } from '#/plans/assertions.ts';
import { Decision, decideVersion, submitVersion } from '#/plans/plan-decisions.ts';
import {
  draftVersion,
  findVersion,
  listVersions,
  NewPlanVersion,
  PlanVersion,
} from '#/plans/plan-versions.ts';
import { createPlan, findPlan, listPlans, NewPlan, Plan } from '#/plans/plans.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, OfPlan, One, whole } from '../http/shapes.ts';

const VersionSummary = PlanVersion.pick({
  id: true,
  number: true,
  state: true,
  sha256: true,
  createdBy: true,
  createdAt: true,
  effectiveOn: true,
  inForceAt: true,
}).meta({
  id: 'PlanVersionSummary',
});

/** Plans, their versions, and what they ask of a restored database. */
export const plansApi = [
  api({
    method: 'get',
    path: '/clients/:client/plans',
    summary: 'Plans of a client',
    params: OfClient,
    output: listOf(Plan),
    run: async ({ work, params: { client } }) => whole(await listPlans(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/plans',
    summary: 'Start a plan',
    params: OfClient,
    body: NewPlan,
    output: Plan,
    status: 201,
    run: ({ work, params: { client }, body }) => createPlan(work, client, body),
  }),
  api({
    method: 'get',
    path: '/plans/:id',
    summary: 'One plan',
    params: One,
    output: Plan,
    run: ({ work, params: { id } }) => findPlan(work, id),
  }),
  api({
    method: 'get',
    path: '/plans/:plan/versions',
    summary: 'Versions of a plan, newest first',
    params: OfPlan,
    output: listOf(VersionSummary),
    run: async ({ work, params: { plan } }) => whole(await listVersions(work, plan)),
  }),
  api({
    method: 'post',
    path: '/plans/:plan/versions',
    summary: 'Draft the next version',
    params: OfPlan,
    body: NewPlanVersion,
    output: PlanVersion,
    status: 201,
    run: ({ work, params: { plan }, body }) => draftVersion(work, plan, body),
  }),
  api({
    method: 'get',
    path: '/plan-versions/:id',
    summary: 'One version with its text and approvals',
    params: One,
    output: PlanVersion,
    run: ({ work, params: { id } }) => findVersion(work, id),
  }),
  api({
    method: 'post',
    path: '/plan-versions/:id/submission',
    summary: 'Freeze a draft and put it into review',
    params: One,
    output: PlanVersion,
    current: ({ work, params: { id } }) => findVersion(work, id),
    run: ({ work, params: { id } }) => submitVersion(work, id),
  }),
  api({
    method: 'post',
    path: '/plan-versions/:id/approval',
    summary: 'Approve or refuse a version in review; people only, and not its author',
    params: One,
    body: Decision,
    output: PlanVersion,
    current: ({ work, params: { id } }) => findVersion(work, id),
    run: ({ work, params: { id }, body }) => decideVersion(work, id, body),
  }),
  api({
    method: 'get',
    path: '/plans/:plan/assertions',
    summary: 'Questions the plan puts to restored databases',
    params: OfPlan,
    output: listOf(Assertion),
    run: async ({ work, params: { plan } }) => {
      await findPlan(work, plan);
      return whole(await listAssertionsOfPlan(work, plan));
    },
  }),
  api({
    method: 'post',
    path: '/plans/:plan/assertions',
    summary: 'Add a question',
    params: OfPlan,
    body: NewAssertion,
    output: Assertion,
    status: 201,
    run: ({ work, params: { plan }, body }) => addAssertion(work, plan, body),
  }),
];
