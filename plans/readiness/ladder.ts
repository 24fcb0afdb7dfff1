/** The ladder R0 to R7: each step is reached only with all before it, and one missing step is named. */
import type { ActivityFacts, AssetFacts, AssetKind, Reason } from '../facts.ts';
import { ALL_EDGES, type Graph, RECOVERY_EDGES, reach } from './graph.ts';
import { lossOverRpo, recoveryOverRto, rtoAgainstMtpd } from './objectives.ts';
import { holdsData } from './observed-rpo.ts';
import { planGaps, plansOf } from './plans-in-force.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';
import { cycleReasons } from './recovery-times.ts';
import { measureGaps } from './restore-proof.ts';
import type { Survey } from './survey.ts';

type Measured = Pick<ActivityReadiness, 'effective' | 'observedRpo'>;

/** Rule 4: what every priority activity must reach. Deputies and remote work are not recorded, so they are not asked. */
const LEAVES = [
  { reason: 'readiness.no-team', kind: 'team' },
  { reason: 'readiness.no-premises', kind: 'premises' },
  { reason: 'readiness.no-supplier', kind: 'supplier' },
] as const satisfies { reason: string; kind: AssetKind }[];

/** The steps of an activity from R1 on, each as what is missing for it. R7 follows R6, which no record shows yet. */
const STEPS = [
  (activity: ActivityFacts) => analysisGaps(activity),
  (activity: ActivityFacts, survey: Survey) => dependencyGaps(activity, survey),
  (activity: ActivityFacts, survey: Survey) => coveringPlanGaps(activity, survey),
  (activity: ActivityFacts, survey: Survey) => restoreGaps(activity, survey),
  (activity: ActivityFacts, { graph }: Survey, measured: Measured) =>
    objectiveGaps(activity, measured, graph),
  ({ name }: ActivityFacts) => [because('readiness.not-exercised', { activity: name })],
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
  throw new Error('The last step of the ladder always has something missing.');
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

/** R2: no circle (rule 3), nothing unknown, and data, people, premises and a supplier are reached (rule 4). */
export function dependencyGaps(activity: ActivityFacts, { graph }: Survey): Reason[] {
  const { assets, unknown } = reach(graph, activity, ALL_EDGES);
  const named = { activity: activity.name };
  if (assets.length + unknown.length === 0) return [because('readiness.no-dependencies', named)];
  return [
    ...cycleReasons(graph, reach(graph, activity, RECOVERY_EDGES).assets),
    ...unknown.map((asset) => because('readiness.unknown-dependency', { ...named, asset })),
    ...(assets.some(holdsData) ? [] : [because('readiness.no-data-set', named)]),
    ...LEAVES.filter(({ kind }) => !assets.some((asset) => asset.kind === kind)).map(({ reason }) =>
      because(reason, named),
    ),
  ];
}

/** Data that must be back for an activity to resume, in order of name. */
export const dataOf = (activity: ActivityFacts, { graph }: Pick<Survey, 'graph'>): AssetFacts[] =>
  reach(graph, activity, RECOVERY_EDGES).assets.filter(holdsData);

/** R3: one covering plan may be relied on. Distribution is not recorded yet, so it is not asked. */
function coveringPlanGaps(activity: ActivityFacts, { facts }: Survey): Reason[] {
  const gaps = plansOf(facts, activity).map((plan) => planGaps(plan, facts.now));
  if (gaps.length === 0) return [because('readiness.no-plan', { activity: activity.name })];
  return gaps.some((own) => own.length === 0) ? [] : gaps[0]!;
}

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
