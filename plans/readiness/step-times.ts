/** How long runbook steps take to bring assets back: as they were run, and as the plans in force say. */
import type { StepFacts, StepRunFacts } from '../continuity-facts.ts';
import type { ClientFacts } from '../facts.ts';
import { isOlderThan } from './restore-proof.ts';
import { compareTimes } from './time.ts';

export interface StepRunTime {
  seconds: number;
  endedAt: string;
}

/**
 * Times of whole runs by asset: one for each incident or exercise in which every step that brings an asset back was done.
 * What was only talked through at a table took no time of restoring.
 */
export function stepRunTimes(facts: ClientFacts, intervalDays: number): Map<string, StepRunTime[]> {
  const tried = new Set(facts.exercises.filter(({ kind }) => kind !== 'tabletop').map(({ id }) => id));
  const runs = Map.groupBy(
    facts.stepRuns.filter(
      ({ asset, during }) => asset !== null && (during.kind !== 'exercise' || tried.has(during.id)),
    ),
    ({ asset, planVersion, during }) => JSON.stringify([asset, planVersion, during.kind, during.id]),
  );
  const times = [...runs.values()].flatMap((own) => {
    const isFresh = isWhole(own, facts) && !isPastOrFuture(lastEnd(own), facts.now, intervalDays);
    const seconds = own.reduce((sum, run) => sum + (run.seconds ?? 0), 0);
    return isFresh ? [{ asset: own[0]!.asset!, seconds, endedAt: lastEnd(own) }] : [];
  });
  return Map.groupBy(times, ({ asset }) => asset);
}

/** The longest that a plan in force says, by asset. A plan that leaves one of the steps without a time says nothing. */
export function stepsDeclared(facts: ClientFacts): Map<string, number> {
  const declared = new Map<string, number>();
  for (const { inForce } of facts.plans)
    for (const [asset, steps] of stepsByAsset(inForce?.steps ?? [])) {
      if (steps.some(({ p50Seconds }) => p50Seconds === null)) continue;
      const seconds = steps.reduce((sum, { p50Seconds }) => sum + p50Seconds!, 0);
      declared.set(asset, Math.max(seconds, declared.get(asset) ?? 0));
    }
  return declared;
}

/** What the longest step that brings an asset back keeps busy, where a plan in force has any. */
export function stepResources({ plans }: ClientFacts): Map<string, StepFacts['resource']> {
  const busiest = (steps: StepFacts[]) =>
    steps.toSorted(
      (left, right) =>
        (right.p50Seconds ?? 0) - (left.p50Seconds ?? 0) ||
        SCARCE_FIRST.indexOf(left.resource) - SCARCE_FIRST.indexOf(right.resource),
    )[0]!.resource;
  const steps = stepsByAsset(plans.flatMap(({ inForce }) => inForce?.steps ?? []));
  return new Map([...steps].map(([asset, own]) => [asset, busiest(own)]));
}

const SCARCE_FIRST = ['technician', 'link', 'none'];

function stepsByAsset(steps: StepFacts[]): Map<string, StepFacts[]> {
  const restoring = steps.filter((step): step is StepFacts & { asset: string } => step.asset !== null);
  return Map.groupBy(restoring, ({ asset }) => asset);
}

/** All that was begun was done, and of a version in force no step was left out. */
function isWhole(runs: StepRunFacts[], { plans }: ClientFacts): boolean {
  const { asset, planVersion } = runs[0]!;
  const version = plans.find(({ inForce }) => inForce?.id === planVersion)?.inForce;
  const steps = version?.steps.filter((step) => step.asset === asset) ?? [];
  return (
    runs.every(({ state, seconds, endedAt }) => state === 'done' && seconds !== null && endedAt !== null) &&
    steps.every(({ key }) => runs.some((run) => run.key === key))
  );
}

const lastEnd = (runs: StepRunFacts[]): string =>
  runs
    .flatMap(({ endedAt }) => endedAt ?? [])
    .toSorted(compareTimes)
    .at(-1) ?? '';

const isPastOrFuture = (at: string, now: string, intervalDays: number) =>
  compareTimes(at, now) > 0 || isOlderThan(at, now, intervalDays);
