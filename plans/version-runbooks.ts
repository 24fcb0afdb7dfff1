/** Runbooks as a version of a plan has them: the steps, how long they take along the longest chain, and what stands in a wrong order. */
import { z } from 'zod';
import { PLAN_STATES } from './plan-states.ts';
import { findVersion, findVersionForChange, listOpenVersions, type PlanVersion } from './plan-versions.ts';
import { findStepConflicts, StepConflict } from './runbook-conflicts.ts';
import { runbookTimes } from './runbook-times.ts';
import { RunbookChange, Step, writeRunbook } from './runbooks.ts';
import type { Work } from './work.ts';

export { STEP_RESOURCES } from './runbooks.ts';
export { RunbookChange };

export const Runbook = z
  .object({
    id: z.uuid().describe('Of the version'),
    client: z.uuid(),
    title: z.string(),
    state: z.enum(PLAN_STATES),
    steps: z.array(Step),
    times: z
      .object({
        p50Seconds: z.int(),
        p90Seconds: z.int(),
        chain: z.array(z.string()).describe('Keys of the chain that takes longest'),
        withoutTime: z
          .array(z.string())
          .describe('Keys of steps that say nothing: it takes longer than told'),
        beginsAfter: z
          .array(z.int())
          .describe(
            'Of each step, in their order: seconds from the start until it can begin, in the usual case',
          ),
      })
      .describe('Along the longest chain, when everything that can be done at once is'),
    conflicts: z.array(StepConflict).describe('Where the order goes against what assets depend on'),
  })
  .meta({ id: 'Runbook' });
export type Runbook = z.infer<typeof Runbook>;

export const findRunbook = async (work: Work, version: string): Promise<Runbook> =>
  present(work, await findVersion(work, version));

/** The same, and nobody else changes it until this work has ended. */
export const findRunbookForChange = async (work: Work, version: string): Promise<Runbook> =>
  present(work, await findVersionForChange(work, version));

/** Of the versions that are not over. */
export async function listRunbooks(work: Work, client: string): Promise<Runbook[]> {
  const versions = await listOpenVersions(work, client);
  return Promise.all(versions.map((version) => present(work, version)));
}

export async function writeRunbookOf(work: Work, version: string, change: RunbookChange): Promise<Runbook> {
  await writeRunbook(work, version, change);
  return findRunbook(work, version);
}

async function present(
  work: Work,
  { id, client, title, number, state, steps }: PlanVersion,
): Promise<Runbook> {
  return {
    id,
    client,
    title: `${title} · v${number}`,
    state,
    steps,
    times: runbookTimes(steps),
    conflicts: await findStepConflicts(work, client, steps),
  };
}
