import { z } from 'zod';
import { Assertion, addAssertion, listAssertionsOfPlan, NewAssertion } from '#/plans/assertions.ts';
import {
  checkVersion,
  draftVersion,
  listVersions,
  NewPlanVersion,
  PlanVersion,
} from '#/plans/plan-versions.ts';
import { findPlan } from '#/plans/plans.ts';
import { api } from '../http/route.ts';
import { listOf, OfPlan, One, whole } from '../http/shapes.ts';

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

const FrozenContent = z
  .object({
    content: z.string().describe('Canonical JSON, of which `sha256` is the hash'),
    sha256: z.string(),
    isIntact: z.boolean(),
  })
  .meta({ id: 'FrozenContent' });

/** Versions of plans as they are begun and looked at, and what plans ask of a restored database. */
export const plansApi = [
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
    path: '/plan-versions/:id/content',
    summary: 'What was hashed when a version was frozen, and whether it still has that hash',
    params: One,
    output: FrozenContent,
    run: ({ work, params: { id } }) => checkVersion(work, id),
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
