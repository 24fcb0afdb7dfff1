/** Where the order of a runbook goes against what the assets depend on, while it is still being written (rule 5). */
import { z } from 'zod';
import { loadAssets, loadDependencies } from './client-facts/inventory.ts';
import { graphOf } from './readiness/graph.ts';
import { orderConflicts } from './rules/runbook-order.ts';
import type { Step } from './runbooks.ts';
import type { Work } from './work.ts';

export const StepConflict = z.object({
  key: z.string().describe('The last step that brings the asset back'),
  asset: z.string(),
  needed: z.array(z.string()).describe('What it waits for, and other steps bring back, though not before'),
});
export type StepConflict = z.infer<typeof StepConflict>;

export async function findStepConflicts(
  work: Work,
  client: string,
  steps: readonly Step[],
): Promise<StepConflict[]> {
  if (!steps.some(({ asset }) => asset !== null)) return [];
  const assets = (await loadAssets(work, [client])).get(client) ?? [];
  const dependencies = (await loadDependencies(work, [client])).get(client) ?? [];
  const graph = graphOf({ assets, dependencies });
  const name = (id: string) => graph.assets.get(id)?.name ?? id;
  return orderConflicts(steps, graph).map(({ step, asset, needed }) => ({
    key: step.key,
    asset: name(asset),
    needed: needed.map(name),
  }));
}
