/** Call trees as a version of a plan has them. */
import { z } from 'zod';
import { CallNode, CallTreeChange, writeCallTree } from './call-trees.ts';
import { PLAN_STATES } from './plan-states.ts';
import { findVersion, findVersionForChange, listOpenVersions, type PlanVersion } from './plan-versions.ts';
import type { Work } from './work.ts';

export { CallTreeChange };

export const CallTree = z
  .object({
    id: z.uuid().describe('Of the version'),
    client: z.uuid(),
    title: z.string(),
    state: z.enum(PLAN_STATES),
    nodes: z.array(CallNode),
  })
  .meta({ id: 'CallTree' });
export type CallTree = z.infer<typeof CallTree>;

export const findCallTree = async (work: Work, version: string): Promise<CallTree> =>
  present(await findVersion(work, version));

/** The same, and nobody else changes it until this work has ended. */
export const findCallTreeForChange = async (work: Work, version: string): Promise<CallTree> =>
  present(await findVersionForChange(work, version));

/** Of the versions that are not over. */
export const listCallTrees = async (work: Work, client: string): Promise<CallTree[]> =>
  (await listOpenVersions(work, client)).map(present);

export async function writeCallTreeOf(
  work: Work,
  version: string,
  change: CallTreeChange,
): Promise<CallTree> {
  await writeCallTree(work, version, change);
  return findCallTree(work, version);
}

const present = ({ id, client, title, number, state, callNodes }: PlanVersion): CallTree => ({
  id,
  client,
  title: `${title} · v${number}`,
  state,
  nodes: callNodes,
});
