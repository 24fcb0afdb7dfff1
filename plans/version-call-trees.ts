/** Call trees as a version of a plan has them. */
import { z } from 'zod';
import { callTreeTimes } from './call-tree-times.ts';
import { CallNode, CallTreeChange, writeCallTree } from './call-trees.ts';
import { findClient } from './clients.ts';
import { type CrisisRole, holdersOn, listCrisisRoles } from './crisis-roles.ts';
import { todayIn } from './days.ts';
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
    times: z
      .object({ bestSeconds: z.int(), worstSeconds: z.int() })
      .describe('Until everybody is reached: when all answer at once, and when each answers at the last try'),
  })
  .meta({ id: 'CallTree' });
export type CallTree = z.infer<typeof CallTree>;

export const findCallTree = async (work: Work, version: string): Promise<CallTree> =>
  present(work, await findVersion(work, version));

/** The same, and nobody else changes it until this work has ended. */
export const findCallTreeForChange = async (work: Work, version: string): Promise<CallTree> =>
  present(work, await findVersionForChange(work, version));

/** Of the versions that are not over. */
export async function listCallTrees(work: Work, client: string): Promise<CallTree[]> {
  const versions = await listOpenVersions(work, client);
  return Promise.all(versions.map((version) => present(work, version)));
}

export async function writeCallTreeOf(
  work: Work,
  version: string,
  change: CallTreeChange,
): Promise<CallTree> {
  await writeCallTree(work, version, change);
  return findCallTree(work, version);
}

/** Who is tried for a role, one after the other: holder and deputies of today who are still there. */
export async function triedFor(
  work: Work,
  client: string,
): Promise<(role: string | null) => CrisisRole['holders']> {
  const today = todayIn((await findClient(work, client)).timeZone, work.now);
  const roles = new Map((await listCrisisRoles(work, client)).map((role) => [role.id, role]));
  return (id) => {
    const role = roles.get(id ?? '');
    return role ? holdersOn(role, today).filter(({ hasLeft }) => !hasLeft) : [];
  };
}

async function present(
  work: Work,
  { id, client, title, number, state, callNodes }: PlanVersion,
): Promise<CallTree> {
  const tried = await triedFor(work, client);
  const { bestSeconds, worstSeconds } = callTreeTimes(
    callNodes.map((node) => ({ ...node, people: tried(node.crisisRole).length })),
  );
  return {
    id,
    client,
    title: `${title} · v${number}`,
    state,
    nodes: callNodes,
    times: { bestSeconds, worstSeconds },
  };
}
