/** Where a client stands: each activity on the ladder, and the client on the step of its weakest priority activity. */
import type { ActivityFacts, ClientFacts } from '../facts.ts';
import { clientContradictions, contradictionsOf } from './contradictions.ts';
import { byName } from './graph.ts';
import { levelOf } from './ladder.ts';
import { observedRpoOf } from './observed-rpo.ts';
import type { ActivityReadiness, Readiness } from './readiness.ts';
import { because } from './reasons.ts';
import { effectiveOf } from './recovery-times.ts';
import { type Survey, surveyOf } from './survey.ts';
import { lossUnderCompromise } from './under-compromise.ts';

/** A year: the longest interval that ReCyF 13.2, DORA 11(6) and RTS 2024/1774 40(1) leave between restore tests. */
export const RESTORE_INTERVAL_DAYS = 365;

/** The same facts always give the same result, whatever their order. A measured restore counts for `restoreIntervalDays`. */
export function computeReadiness(
  facts: ClientFacts,
  { restoreIntervalDays = RESTORE_INTERVAL_DAYS }: { restoreIntervalDays?: number } = {},
): Readiness {
  const survey = surveyOf(facts, restoreIntervalDays);
  const activities = byName(facts.activities).map((activity) => readinessOf(activity, survey));
  const weakest = weakestOf(activities);
  return {
    level: weakest?.level ?? 0,
    weakest: weakest?.activity ?? null,
    missing: weakest ? weakest.missing : because('readiness.no-priority-activity', {}),
    activities,
    contradictions: clientContradictions(survey),
    cycles: survey.graph.cycles,
    deadlocks: survey.deadlocks,
  };
}

function readinessOf(activity: ActivityFacts, survey: Survey): ActivityReadiness {
  const { id, name, isPriority, mtpdSeconds, rtoSeconds, rpoSeconds } = activity;
  const effective = effectiveOf(activity, survey);
  const observedRpo = observedRpoOf(activity, survey);
  const measured = { effective, observedRpo };
  return {
    activity: id,
    name,
    isPriority,
    mtpdSeconds,
    rtoSeconds,
    rpoSeconds,
    ...levelOf(activity, survey, measured),
    ...measured,
    underCompromise: lossUnderCompromise(activity, survey),
    contradictions: contradictionsOf(activity, survey, measured),
  };
}

/** The lowest of the priority activities, never an average; the first by name when several are. */
const weakestOf = (activities: ActivityReadiness[]): ActivityReadiness | null =>
  activities
    .filter(({ isPriority }) => isPriority)
    .reduce<ActivityReadiness | null>((low, next) => (low && low.level <= next.level ? low : next), null);
