import { may } from '#/plans/access.ts';
import { PLAN_KINDS } from '#/plans/facts.ts';
import {
  FlaggedPlan,
  findFlaggedPlan,
  findFlaggedPlanForChange,
  listFlaggedPlans,
} from '#/plans/flagged-plans.ts';
import { PLAN_STATES } from '#/plans/plan-states.ts';
import { listVersions } from '#/plans/plan-versions.ts';
import { changePlan, createPlan, NewPlan, PlanChange } from '#/plans/plans.ts';
import { STARTER_KINDS } from '#/plans/starter-plans.ts';
import { takeStarterPlans } from '#/plans/starter-set.ts';
import type { Work } from '#/plans/work.ts';
import { noun, type SubList } from '../noun.ts';

/** As states of plans are told elsewhere. */
export const PLAN_TONES = {
  'in-force': 'proof',
  approved: 'moving',
  'in-review': 'moving',
  draft: 'open',
  none: 'open',
} as const;

export const plan = noun<FlaggedPlan, NewPlan, PlanChange>({
  name: 'plan',
  path: 'plans',
  tab: 'plans',
  titleOf: ({ title }) => title,
  hrefOf: ({ id, inForce, inWork }) => {
    const version = inForce ?? inWork;
    return version ? `/plan-versions/${version.id}` : `/plans/${id}`;
  },
  fields: [
    { name: 'kind', kind: 'choice', values: PLAN_KINDS, words: 'plan-kind', once: true },
    { name: 'title', kind: 'line' },
    { name: 'owner', kind: 'line', optional: true },
    { name: 'reviewIntervalDays', kind: 'number' },
    { name: 'activities', kind: 'references', to: 'activities', optional: true },
    { name: 'scenarios', kind: 'references', to: 'scenarios', optional: true },
    { name: 'keptIn', kind: 'references', to: 'assets', optional: true },
  ],
  told: [
    {
      name: 'stands',
      kind: 'choice',
      values: [...PLAN_STATES, 'none'],
      words: 'plan-stands',
      tones: PLAN_TONES,
    },
    { name: 'inForceAt', kind: 'moment' },
    { name: 'next', kind: 'choice', values: PLAN_STATES, words: 'plan-stands', tones: PLAN_TONES },
    { name: 'isReviewOverdue', kind: 'tick', tone: 'warning' },
    { name: 'needsReverification', kind: 'tick', tone: 'warning' },
  ],
  apart: ['isReviewOverdue', 'needsReverification'],
  valuesOf: ({ inForce, inWork, flags }) => ({
    stands: inForce ? 'in-force' : 'none',
    inForceAt: inForce?.inForceAt ?? null,
    next: inWork?.state ?? null,
    isReviewOverdue: flags.isReviewOverdue,
    needsReverification: flags.needsReverification,
  }),
  columns: ['kind', 'stands', 'inForceAt', 'next', 'isReviewOverdue', 'needsReverification'],
  item: FlaggedPlan,
  input: NewPlan,
  changeInput: PlanChange,
  list: listFlaggedPlans,
  find: findFlaggedPlan,
  findForChange: findFlaggedPlanForChange,
  add: async (work, client, plan) => findFlaggedPlan(work, (await createPlan(work, client, plan)).id),
  change: async (work, id, plan) => findFlaggedPlan(work, (await changePlan(work, id, plan)).id),
  right: 'plan.change',
  start: async () => ({ reviewIntervalDays: 365 }),
  notices: async (_work, { flags }) => flags.reasons.map((reason) => ({ kind: 'warning', reason })),
  parts: async (work, one) => [await versionsPart(work, one)],
  listActions: [
    {
      name: 'starters',
      right: 'plan.change',
      isOffered: (plans) => STARTER_KINDS.some((kind) => !plans.some((one) => one.kind === kind)),
      run: takeStarterPlans,
    },
  ],
});

/** All versions of a plan, with a way to the next one while none is in work. */
export async function versionsPart(
  work: Work,
  { id, inWork }: Pick<FlaggedPlan, 'id' | 'inWork'>,
): Promise<SubList> {
  const isOpen = inWork === null || inWork.state === 'approved';
  return {
    name: 'plan.versions',
    columns: [
      { name: 'number', kind: 'number' },
      { name: 'state', kind: 'choice', values: PLAN_STATES, words: 'plan-stands', tones: PLAN_TONES },
      { name: 'createdBy', kind: 'line' },
      { name: 'createdAt', kind: 'moment' },
      { name: 'inForceAt', kind: 'moment' },
      { name: 'sha256', kind: 'line' },
    ],
    rows: (await listVersions(work, id)).map((version) => ({
      href: `/plan-versions/${version.id}`,
      values: version,
    })),
    addHref: may(work, 'plan.change') && isOpen ? `/plans/${id}/versions/new` : null,
  };
}
