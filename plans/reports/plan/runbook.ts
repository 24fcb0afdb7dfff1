/** The runbook of a version as it is printed: who does what, when it can begin, and what it waits for. */
import { listCrisisRoles } from '../../crisis-roles.ts';
import type { PlanVersion } from '../../plan-versions.ts';
import { runbookTimes } from '../../runbook-times.ts';
import type { Work } from '../../work.ts';
import type { PlanSnapshot } from './snapshot.ts';

export async function runbookShown(
  work: Work,
  { client, steps }: PlanVersion,
  nameOf: (asset: string) => string,
): Promise<PlanSnapshot['runbook']> {
  const roles = new Map((await listCrisisRoles(work, client)).map(({ id, name }) => [id, name]));
  const { p50Seconds, p90Seconds, chain, withoutTime, beginsAfter } = runbookTimes(steps);
  return {
    ...{ p50Seconds, p90Seconds, withoutTime: withoutTime.length },
    steps: steps.map(
      ({ key, action, detail, skill, resource, successTest, rollback, link, ...step }, index) => ({
        ...{ key, action, detail, skill, resource, successTest, rollback, link },
        who: roles.get(step.crisisRole ?? '') ?? step.role,
        asset: step.asset === null ? null : nameOf(step.asset),
        after: step.after.map(({ key: before }) => before),
        beginsAfterSeconds: beginsAfter[index] ?? 0,
        p50Seconds: step.p50Seconds,
        p90Seconds: step.p90Seconds,
        isOnLongestChain: chain.includes(key),
      }),
    ),
  };
}
