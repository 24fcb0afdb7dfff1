/**
 * R7: what was shown holds after the last change, and with the slowest measures. A percentile of 95 would need 59 measures of
 * each step and a draw of many runs; here nothing is drawn. Instead each step must have been measured eight times, of which
 * the slowest bounds four of five with 83 % confidence, and the whole chain made of the slowest must be within the objective.
 */
import type { ActivityFacts, AssetFacts, PlanFacts, Reason } from '../facts.ts';
import { provenChains } from './chains.ts';
import { lastExercise } from './exercised.ts';
import { type Needed, neededFor } from './needed.ts';
import { because } from './reasons.ts';
import { effectiveOf } from './recovery-times.ts';
import type { Survey } from './survey.ts';
import { compareTimes } from './time.ts';

export const MEASURES = 8;

interface Change {
  changed: string;
  changedAt: string;
}

export function heldGaps(
  activity: ActivityFacts,
  { plans, data }: { plans: PlanFacts[]; data: AssetFacts[] },
  survey: Survey,
): Reason[] {
  const needed = neededFor(activity, survey.graph, survey.chains);
  const changes = changesOf(activity, needed, survey);
  return [
    ...restoresBefore(last(changes), data, survey),
    ...exercisesBefore(activity, changes, plans, survey),
    ...slowestGaps(activity, needed, survey),
  ];
}

/** The activity itself, what it needs, and what was tied to what. */
function changesOf(activity: ActivityFacts, { assets }: Needed, { facts, graph }: Survey): Change[] {
  const within = new Set([activity.id, ...assets]);
  const name = (id: string) => graph.assets.get(id)?.name ?? id;
  return [
    { changed: activity.name, changedAt: activity.changedAt },
    ...assets.map((id) => ({ changed: name(id), changedAt: graph.assets.get(id)!.changedAt })),
    ...facts.dependencies
      .filter(({ from }) => within.has(from.id))
      .map(({ to, createdAt }) => ({ changed: name(to), changedAt: createdAt })),
  ];
}

const last = (changes: Change[]): Change =>
  changes.toSorted(
    (left, right) => compareTimes(right.changedAt, left.changedAt) || (left.changed < right.changed ? -1 : 1),
  )[0]!;

function restoresBefore(change: Change, data: AssetFacts[], { measures }: Survey): Reason[] {
  return data.flatMap(({ id, name: asset }) => {
    const measure = measures.get(id)!;
    if (measure.kind !== 'measured' || compareTimes(measure.test.finishedAt, change.changedAt) >= 0)
      return [];
    return [
      because('readiness.changed-since-restore', { asset, testedAt: measure.test.finishedAt, ...change }),
    ];
  });
}

/** A plan that was put in force after it was exercised was exercised as another one. */
function exercisesBefore(
  activity: ActivityFacts,
  changes: Change[],
  plans: PlanFacts[],
  { facts }: Survey,
): Reason[] {
  const gaps = plans.flatMap((plan) => {
    const exercisedAt = lastExercise(plan, facts);
    if (exercisedAt === null) return [];
    const change = last([...changes, { changed: plan.title, changedAt: plan.inForce!.inForceAt }]);
    if (compareTimes(exercisedAt, change.changedAt) >= 0) return [null];
    return [because('readiness.changed-since-exercise', { activity: activity.name, exercisedAt, ...change })];
  });
  return gaps.includes(null) ? [] : gaps.slice(0, 1).flatMap((gap) => gap ?? []);
}

function slowestGaps(activity: ActivityFacts, { assets }: Needed, survey: Survey): Reason[] {
  const { graph, timings } = survey;
  const few = [...graph.assets.values()].filter(({ id }) => {
    const { standing, samples } = timings.get(id)!;
    return assets.includes(id) && standing === 'measured' && samples < MEASURES;
  });
  if (few.length > 0)
    return few.map(({ id, name: asset }) =>
      because('readiness.too-few-measures', { asset, samples: timings.get(id)!.samples, needed: MEASURES }),
    );
  const slowestSeconds = effectiveOf(activity, withSlowest(survey)).scheduled?.seconds ?? 0;
  const { rtoSeconds } = activity;
  if (rtoSeconds === null || slowestSeconds <= rtoSeconds) return [];
  return [because('readiness.slowest-over-rto', { activity: activity.name, slowestSeconds, rtoSeconds })];
}

/** The same client, had every restore been the slowest that was measured. */
function withSlowest(survey: Survey): Survey {
  const timings = new Map(
    [...survey.timings].map(([asset, timing]) => [
      asset,
      { ...timing, seconds: timing.slowestSeconds ?? timing.seconds },
    ]),
  );
  return { ...survey, timings, chains: provenChains(survey.graph, timings) };
}
