/** Where a record says the opposite of a claim. None is ever averaged away. */
import type { ActivityFacts, AssetFacts, PolicyFacts, Reason } from '../facts.ts';
import { dataNeeded } from './data-needed.ts';
import { deadlockReason } from './deadlocks.ts';
import { ALL_EDGES, byName, type Graph, namesOf, reach } from './graph.ts';
import { lossOverRpo, mtpdAgainstImpacts, recoveryOverRto, rtoAgainstMtpd } from './objectives.ts';
import { authorAlone, comparePlans } from './plans-in-force.ts';
import type { ActivityReadiness, Deadlock } from './readiness.ts';
import { because } from './reasons.ts';
import { failureReasons, isAtLeast, PROVES_FROM } from './restore-proof.ts';
import type { Survey } from './survey.ts';
import { compareTimes } from './time.ts';

/** Contradictions of one activity: its objectives, and the assets it needs. */
export function contradictionsOf(
  activity: ActivityFacts,
  survey: Survey,
  { effective, observedRpo }: Pick<ActivityReadiness, 'effective' | 'observedRpo'>,
): Reason[] {
  const needed = reach(survey.graph, activity, ALL_EDGES).assets;
  const data = dataNeeded(activity, survey);
  return [
    ...rtoAgainstMtpd(activity),
    ...mtpdAgainstImpacts(activity),
    ...needed.flatMap((asset) => failureOf(asset, survey)),
    ...needed.flatMap((asset) => contentSuspect(asset, survey)),
    ...needed.flatMap((asset) => thingsOmitted(asset, survey)),
    ...needed.flatMap((asset) => pointsLost(asset, survey)),
    ...recoveryOverRto(activity, effective),
    ...lossOverRpo(activity, observedRpo, survey.graph),
    ...data.flatMap((asset) => intervalOverRpo(asset, activity.rpoSeconds, survey)),
    ...data.flatMap((asset) => copyNotOffsite(asset, survey)),
    ...(activity.isPriority ? data.flatMap((asset) => pointWithReservations(asset, survey)) : []),
  ];
}

/** Contradictions that belong to no single activity: circles, plans, and assets that no activity needs. */
export function clientContradictions(survey: Survey): Reason[] {
  const { facts, graph } = survey;
  const needed = new Set(
    facts.activities.flatMap((activity) => reach(graph, activity, ALL_EDGES).assets.map(({ id }) => id)),
  );
  return [
    ...graph.cycles.map((ids) => because('readiness.dependency-cycle', { assets: namesOf(graph, ids) })),
    ...survey.deadlocks.filter((deadlock) => !isToldAsCycle(deadlock, graph)).map(deadlockReason),
    ...[...facts.plans].sort(comparePlans).flatMap(authorAlone),
    ...byName(facts.assets)
      .filter(({ id }) => !needed.has(id))
      .flatMap((asset) => proofAgainst(asset, survey)),
  ];
}

/** What was tried or looked at here, and shows that an asset would not come back as it is. */
export const proofAgainst = (asset: AssetFacts, survey: Survey): Reason[] => [
  ...failureOf(asset, survey),
  ...contentSuspect(asset, survey),
  ...thingsOmitted(asset, survey),
  ...pointsLost(asset, survey),
];

const isToldAsCycle = ({ circle, isCircle }: Deadlock, { cycleOf }: Graph): boolean =>
  isCircle && circle.every(({ kind, id }) => kind === 'asset' && cycleOf.get(id)?.includes(circle[0]!.id));

/** Rule 6: the shortest enabled schedule of an asset against an objective. Run time and copy lag show in the observed RPO. */
export function intervalOverRpo(
  { id, name }: AssetFacts,
  rpoSeconds: number | null,
  survey: Survey,
): Reason[] {
  const intervals = enabledPolicies(id, survey).map(({ intervalSeconds }) => intervalSeconds);
  const intervalSeconds = Math.min(...intervals);
  if (rpoSeconds === null || intervals.length === 0 || intervalSeconds <= rpoSeconds) return [];
  return [because('readiness.interval-over-rpo', { asset: name, intervalSeconds, rpoSeconds })];
}

/** Rule 7, as far as it is recorded: no store of the asset is even said to be off-site. */
export function copyNotOffsite({ id, name }: AssetFacts, survey: Survey): Reason[] {
  const policies = enabledPolicies(id, survey);
  if (policies.length === 0 || policies.some(({ store }) => store.isOffsite)) return [];
  return [because('readiness.copy-not-offsite', { asset: name })];
}

/** The newest point lacks files that were there, or holds some that changed while they were read. */
export function pointWithReservations({ id, name }: AssetFacts, { proof }: Survey): Reason[] {
  const newest = proof.get(id)!.newestPoint;
  if (!newest) return [];
  const { torn, unreadable } = newest.reservations;
  if (torn + unreadable === 0) return [];
  return [
    because('readiness.point-with-reservations', { asset: name, torn, unreadable, dataAt: newest.dataTime }),
  ];
}

/** What a test read looks encrypted, wiped or lost, and nobody explained it. */
export function contentSuspect({ id, name }: AssetFacts, { proof }: Survey): Reason[] {
  const { suspect } = proof.get(id)!;
  return suspect
    ? [because('readiness.content-suspect', { asset: name, finishedAt: suspect.finishedAt })]
    : [];
}

/** The last look at its source found what is in no recovery point, and no rule leaves out. */
export function thingsOmitted({ id, name }: AssetFacts, survey: Survey): Reason[] {
  const found = enabledPolicies(id, survey).find(({ omitted }) => omitted)?.omitted;
  return found ? [because('readiness.things-omitted', { asset: name, ...found })] : [];
}

/** Points that went away from their store. It stands until a later test reads another one through. */
export function pointsLost({ id, name }: AssetFacts, { facts, proof }: Survey): Reason[] {
  const read = proof.get(id)!.passed.find(({ reached }) => isAtLeast(reached, PROVES_FROM));
  const lost = facts.lostPoints
    .filter(({ asset, foundAt }) => asset === id && !(read && compareTimes(read.finishedAt, foundAt) > 0))
    .sort((left, right) => compareTimes(right.foundAt, left.foundAt));
  const [newest] = lost;
  if (!newest) return [];
  return [because('readiness.points-lost', { asset: name, count: lost.length, foundAt: newest.foundAt })];
}

export const enabledPolicies = (asset: string, { facts }: Survey): PolicyFacts[] =>
  facts.policies.filter((policy) => policy.asset === asset && policy.isEnabled);

function failureOf(asset: AssetFacts, { proof }: Survey): Reason[] {
  const { failure } = proof.get(asset.id)!;
  return failure ? failureReasons(asset, failure) : [];
}
