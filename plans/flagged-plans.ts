/** Plans with what has to be said beside them, read from no more than that takes. */
import { z } from 'zod';
import { loadCrisisRoles } from './client-facts/crisis.ts';
import { loadAssets, loadDependencies } from './client-facts/inventory.ts';
import { loadExercises } from './client-facts/life.ts';
import { loadActivities } from './client-facts/need.ts';
import { loadPlans } from './client-facts/plans.ts';
import { flagsOf, type PlanFlags } from './plan-flags.ts';
import { findPlan, findPlanForChange, listPlans, Plan } from './plans.ts';
import type { Work } from './work.ts';

const Reason = z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });

export const FlaggedPlan = z
  .object({
    ...Plan.shape,
    flags: z.object({
      needsReverification: z.boolean(),
      isReviewOverdue: z.boolean(),
      hasApproverLeft: z.boolean(),
      reasons: z.array(Reason),
    }),
  })
  .meta({ id: 'Plan' });
export type FlaggedPlan = z.infer<typeof FlaggedPlan>;

export const findFlaggedPlan = async (work: Work, id: string): Promise<FlaggedPlan> =>
  flagged(work, await findPlan(work, id));

/** The same, and nobody else changes it until this work has ended. */
export const findFlaggedPlanForChange = async (work: Work, id: string): Promise<FlaggedPlan> =>
  flagged(work, await findPlanForChange(work, id));

export async function listFlaggedPlans(work: Work, client: string): Promise<FlaggedPlan[]> {
  const plans = await listPlans(work, client);
  const flags = await readFlags(work, client);
  return plans.map((plan) => ({ ...plan, flags: flags.get(plan.id)! }));
}

async function flagged(work: Work, plan: Plan): Promise<FlaggedPlan> {
  return { ...plan, flags: (await readFlags(work, plan.client)).get(plan.id)! };
}

async function readFlags(work: Work, client: string): Promise<Map<string, PlanFlags>> {
  const of = <Fact>(rows: Map<string, Fact[]>) => rows.get(client) ?? [];
  const facts = {
    now: work.now.toISOString(),
    activities: of(await loadActivities(work, [client])),
    assets: of(await loadAssets(work, [client])),
    dependencies: of(await loadDependencies(work, [client])),
    plans: of(await loadPlans(work, [client])),
    crisisRoles: of(await loadCrisisRoles(work, [client])),
    exercises: of(await loadExercises(work, [client])),
  };
  return new Map(facts.plans.map((plan) => [plan.id, flagsOf(plan, facts)]));
}
