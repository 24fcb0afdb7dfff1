/** The ladder R0 to R7: each step is reached only with all before it, and one missing step is named. */
import type { ActivityFacts, AssetFacts, PlanFacts, Reason } from '../facts.ts';
import { holdsData } from './data-needed.ts';
import { deadlockReason } from './deadlocks.ts';
import { exerciseGaps } from './exercised.ts';
import { ALL_EDGES, byName, type Graph, reach } from './graph.ts';
import { heldGaps } from './held-since.ts';
import { leafGaps } from './leaves.ts';
import { neededFor } from './needed.ts';
import { lossOverRpo, recoveryOverRto, rtoAgainstMtpd } from './objectives.ts';
import { distributionGaps, planGaps, plansOf } from './plans-in-force.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';
import { cycleReasons } from './recovery-times.ts';
import { measureGaps } from './restore-proof.ts';
import type { Survey } from './survey.ts';

type Measured = Pick<ActivityReadiness, 'effective' | 'observedRpo'>;

/** The steps of an activity from R1 on, each as what is missing for it. */
const STEPS: ((activity: ActivityFacts, survey: Survey, measured: Measured) => Reason[])[] = [
  (activity) => analysisGaps(activity),
  dependencyGaps,
  coveringPlanGaps,
  restoreGaps,
  (activity, { graph }, measured) => objectiveGaps(activity, measured, graph),
  (activity, { facts }) => exerciseGaps(activity, reliedOn(activity, facts), facts),
  (activity, survey) =>
    heldGaps(activity, { plans: reliedOn(activity, survey.facts), data: dataOf(activity, survey) }, survey),
];

/** The highest step reached, and what is missing for the next. */
export function levelOf(
  activity: ActivityFacts,
  survey: Survey,
  measured: Measured,
): Pick<ActivityReadiness, 'level' | 'missing'> {
  let level = 0;
  for (const step of STEPS) {
    const [missing] = step(activity, survey, measured);
    if (missing) return { level: level as ActivityReadiness['level'], missing };
    level += 1;
  }
  return { level: 7, missing: null };
}

/** R1: the analysis is approved, has its objectives, and they do not contradict each other. */
export function analysisGaps({
  name,
  approval,
  mtpdSeconds,
  rtoSeconds,
  rpoSeconds,
}: ActivityFacts): Reason[] {
  const activity = { activity: name };
  return [
    ...(approval === null ? [because('readiness.analysis-not-approved', activity)] : []),
    ...(mtpdSeconds === null ? [because('readiness.no-mtpd', activity)] : []),
    ...(rtoSeconds === null ? [because('readiness.no-rto', activity)] : []),
    ...(rpoSeconds === null ? [because('readiness.no-rpo', activity)] : []),
    ...rtoAgainstMtpd({ name, mtpdSeconds, rtoSeconds }),
  ];
}

/** R2: no circle (rule 3), nothing unknown, all that is needed is reached (rule 4), and it can come back (rule 12). */
export function dependencyGaps(activity: ActivityFacts, survey: Survey): Reason[] {
  const { facts, graph, chains, deadlocks } = survey;
  const { assets, unknown } = reach(graph, activity, ALL_EDGES);
  const named = { activity: activity.name };
  if (assets.length + unknown.length === 0) return [because('readiness.no-dependencies', named)];
  return [
    ...cycleReasons(graph, neededFor(activity, graph, chains).assets),
    ...unknown.map((asset) => because('readiness.unknown-dependency', { ...named, asset })),
    ...leafGaps(activity, facts, graph),
    ...deadlocks.filter(({ activities }) => activities.includes(activity.id)).map(deadlockReason),
  ];
}

/** Data that must be back for an activity to resume, in order of name. */
export const dataOf = (activity: ActivityFacts, { graph, chains }: Survey): AssetFacts[] =>
  byName(neededFor(activity, graph, chains).assets.map((id) => graph.assets.get(id)!)).filter(holdsData);

/** R3: one covering plan may be relied on, and those who lead by it have it. */
function coveringPlanGaps(activity: ActivityFacts, { facts }: Survey): Reason[] {
  const gaps = plansOf(facts, activity).map((plan) => reliedOnGaps(plan, facts));
  if (gaps.length === 0) return [because('readiness.no-plan', { activity: activity.name })];
  return gaps.some((own) => own.length === 0) ? [] : gaps[0]!;
}

const reliedOn = (activity: ActivityFacts, facts: Survey['facts']): PlanFacts[] =>
  plansOf(facts, activity).filter((plan) => reliedOnGaps(plan, facts).length === 0);

const reliedOnGaps = (plan: PlanFacts, facts: Survey['facts']): Reason[] => [
  ...planGaps(plan, facts.now),
  ...distributionGaps(plan, facts),
];

/** R4 and rule 13: every data set was restored in a passed test inside the interval. */
function restoreGaps(activity: ActivityFacts, survey: Survey): Reason[] {
  const data = dataOf(activity, survey);
  if (data.length === 0) return [because('readiness.no-data-set', { activity: activity.name })];
  return data.flatMap((asset) => measureGaps(asset, survey.measures.get(asset.id)!, survey.intervalDays));
}

/** R5: both measured figures lie within their objectives. */
function objectiveGaps(
  activity: ActivityFacts,
  { effective, observedRpo }: Measured,
  graph: Graph,
): Reason[] {
  return [
    ...effective.reasons,
    ...recoveryOverRto(activity, effective),
    ...observedRpo.reasons,
    ...lossOverRpo(activity, observedRpo, graph),
  ];
}
