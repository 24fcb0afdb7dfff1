/** Plans of the kinds that there are starting texts for, each with a draft that begins from them. */
import { findClient } from './clients.ts';
import { draftVersion, NewPlanVersion } from './plan-versions.ts';
import { createPlan, listPlans, NewPlan } from './plans.ts';
import { readStarter, STARTER_KINDS } from './starter-plans.ts';
import type { Work } from './work.ts';

/** Adds a plan of each kind that the client has none of. */
export async function takeStarterPlans(work: Work, client: string): Promise<void> {
  const { locale } = await findClient(work, client);
  const known = await listPlans(work, client);
  for (const kind of STARTER_KINDS) {
    if (known.some((plan) => plan.kind === kind)) continue;
    const { title } = readStarter(kind, locale);
    const { id } = await createPlan(work, client, NewPlan.parse({ kind, title }));
    await draftVersion(work, id, NewPlanVersion.parse({ start: 'starter' }));
  }
}
