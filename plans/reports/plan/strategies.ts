/** Strategies for what a plan covers, those that were refused left out. */
import type { ClientFacts } from '../../facts.ts';
import type { Plan } from '../../plans.ts';
import { listStrategies } from '../../strategies.ts';
import type { Work } from '../../work.ts';
import type { PlanSnapshot } from './snapshot.ts';

export async function strategiesShown(
  work: Work,
  { client, activities }: Pick<Plan, 'client' | 'activities'>,
  facts: ClientFacts,
): Promise<PlanSnapshot['strategies']> {
  const names = new Map([...facts.activities, ...facts.assets].map(({ id, name }) => [id, name]));
  const strategies = await listStrategies(work, client);
  return strategies
    .filter(({ state }) => state !== 'refused')
    .filter(({ activity }) => activity === null || activities.length === 0 || activities.includes(activity))
    .map(({ name, activity, asset, state, chosen, options, residualRisk }) => {
      const option = chosen === null ? undefined : options[chosen - 1];
      return {
        ...{ name, state, residualRisk, protects: names.get(activity ?? asset ?? '') ?? '' },
        option: option?.name ?? null,
        rtoSeconds: option?.rtoSeconds ?? null,
        rpoSeconds: option?.rpoSeconds ?? null,
      };
    });
}
