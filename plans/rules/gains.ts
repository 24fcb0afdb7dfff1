/** What priority activities that are late, or never come back, would gain by a change. */
import type { ActivityFacts } from '../facts.ts';
import { byName } from '../readiness/graph.ts';
import { effectiveOf } from '../readiness/recovery-times.ts';
import type { Survey } from '../readiness/survey.ts';
import type { Gain } from './fix.ts';

/** `never`: in a circle or a deadlock; `unknown`: something it needs has no time. */
type Time = number | 'never' | 'unknown';

export type Times = Map<string, Time>;

/** When each priority activity is back with what the client has. */
export const timesOf = (survey: Survey): Times =>
  new Map(priorityOf(survey).map((activity) => [activity.id, timeOf(activity, survey)]));

/** From now to then; `least` is the same change when less comes of it than is hoped for. */
export function gainsBetween(survey: Survey, now: Times, then: Times, least: Times = then): Gain[] {
  const gains = priorityOf(survey).flatMap((activity) => {
    const [before, after] = [now.get(activity.id)!, then.get(activity.id)!];
    return gainOf(activity, before, after, least.get(activity.id)!) ?? [];
  });
  return gains.toSorted((left, right) => mostOf(right) - mostOf(left));
}

export const priorityOf = ({ facts }: Survey): ActivityFacts[] =>
  byName(facts.activities.filter(({ isPriority }) => isPriority));

/** Whether hours would help: nothing is to be gained where an objective is kept. */
export const isLate = ({ rtoSeconds }: ActivityFacts, time: Time): time is number =>
  typeof time === 'number' && rtoSeconds !== null && time > rtoSeconds;

function timeOf(activity: ActivityFacts, survey: Survey): Time {
  const { effective, isStuck } = {
    effective: effectiveOf(activity, survey),
    isStuck: survey.deadlocks.some(({ activities }) => activities.includes(activity.id)),
  };
  if (isStuck || effective.reasons.some(({ key }) => key === 'readiness.dependency-cycle')) return 'never';
  return effective.scheduled?.seconds ?? 'unknown';
}

function gainOf(activity: ActivityFacts, before: Time, after: Time, least: Time): Gain | null {
  const { id, name, rtoSeconds } = activity;
  const isInTimeThen = rtoSeconds !== null && typeof after === 'number' && after <= rtoSeconds;
  const told = { activity: id, name, isInTimeThen };
  if (before === 'never')
    return after === 'never' ? null : { ...told, beforeSeconds: null, gainedSeconds: null };
  if (!isLate(activity, before) || typeof after !== 'number' || after >= before) return null;
  const sure = typeof least === 'number' ? Math.max(0, before - least) : 0;
  const most = before - after;
  return { ...told, beforeSeconds: before, gainedSeconds: { least: Math.min(sure, most), most } };
}

const mostOf = ({ gainedSeconds }: Gain) => gainedSeconds?.most ?? Number.POSITIVE_INFINITY;
