/**
 * What to fix first: everything is computed again with one change at a time. That a change was made up is never hidden: hours
 * come as a range from what is sure to what is hoped for.
 */
import type { StrategyFacts } from '../continuity-facts.ts';
import type { ClientFacts, Reason } from '../facts.ts';
import { breaksOf } from '../readiness/breaks.ts';
import { knownChains, provenChains } from '../readiness/chains.ts';
import { RESTORE_INTERVAL_DAYS } from '../readiness/compute-readiness.ts';
import { deadlockReason } from '../readiness/deadlocks.ts';
import { namesOf } from '../readiness/graph.ts';
import { because } from '../readiness/reasons.ts';
import { effectiveOf } from '../readiness/recovery-times.ts';
import { type Survey, surveyOf } from '../readiness/survey.ts';
import type { Timing } from '../readiness/timings.ts';
import { crisisRoles } from './crisis-roles.ts';
import { byWorth, type Fix } from './fix.ts';
import { gainsBetween, isLate, priorityOf, type Times, timesOf } from './gains.ts';
import { leaves } from './leaves.ts';
import { ruled } from './rule.ts';

/** What a local copy or a faster line may bring: at best half of the time, a quarter when less comes of it. */
const HOPED = 0.5;
const SURE = 0.75;

/** Fixes worth something, in order of what they bring. */
export function whatToFix(
  facts: ClientFacts,
  { restoreIntervalDays = RESTORE_INTERVAL_DAYS }: { restoreIntervalDays?: number } = {},
): Fix[] {
  const survey = surveyOf(facts, restoreIntervalDays);
  const now = timesOf(survey);
  return [
    ...deadlockFixes(survey, now),
    ...circleFixes(survey),
    ...moreHands(survey, now),
    ...fasterRestores(survey, now),
    ...strategyFixes(survey, now),
    ...missingMeasures(survey),
    ...deputies(survey),
  ]
    .filter(({ gains, closes }) => gains.length + closes.length > 0)
    .sort(byWorth);
}

/** The easiest way out of each; what else would do stands with the deadlock. */
function deadlockFixes(survey: Survey, now: Times): Fix[] {
  const { facts, intervalDays, deadlocks } = survey;
  return deadlocks.map((deadlock): Fix => {
    const [easiest] = breaksOf(deadlock, facts);
    const then = timesOf(surveyOf(easiest!.done(facts), intervalDays));
    return {
      kind: 'deadlock',
      name: deadlock.circle[0]!.name,
      of: { kind: 'asset', id: deadlock.circle[0]!.id },
      change: easiest!.reason,
      gains: gainsBetween(survey, now, then),
      closes: [deadlockReason(deadlock)],
      cost: null,
    };
  });
}

/** Circles that no scenario was needed to find. */
const circleFixes = ({ graph, deadlocks }: Survey): Fix[] =>
  graph.cycles
    .filter((ids) => !deadlocks.some(({ circle }) => ids.includes(circle[0]!.id)))
    .map((ids) => {
      const reason = because('readiness.dependency-cycle', { assets: namesOf(graph, ids) });
      const { id, name } = graph.assets.get(ids[0]!)!;
      return closing('deadlock', { kind: 'asset', id, name }, reason);
    });

/** One more technician, and one more line. */
function moreHands(survey: Survey, now: Times): Fix[] {
  const { client } = survey.facts;
  const withClient = (given: Partial<ClientFacts['client']>) =>
    timesOf({ ...survey, facts: { ...survey.facts, client: { ...client, ...given } } });
  const [technicians, links] = [client.technicians + 1, client.links + 1];
  return [
    {
      kind: 'technician',
      name: '',
      of: null,
      change: ruled('rules.fix-technician', { technicians }),
      gains: gainsBetween(survey, now, withClient({ technicians })),
      closes: [],
      cost: null,
    },
    {
      kind: 'link',
      name: '',
      of: null,
      change: ruled('rules.fix-link', { links }),
      gains: gainsBetween(survey, now, withClient({ links })),
      closes: [],
      cost: null,
    },
  ];
}

/** For each late activity, the longest step of the path that binds it and that a restore takes. */
function fasterRestores(survey: Survey, now: Times): Fix[] {
  const { graph, timings } = survey;
  const binding = priorityOf(survey)
    .filter((activity) => isLate(activity, now.get(activity.id)!))
    .flatMap((activity) => {
      const restored = effectiveOf(activity, survey).path.filter(({ isRestorable }) => isRestorable);
      const [longest] = restored.toSorted((left, right) => (right.seconds ?? 0) - (left.seconds ?? 0));
      return longest?.asset ?? [];
    });
  return [...new Set(binding)].map((asset): Fix => {
    const { seconds } = timings.get(asset)!;
    const at = (share: number) => timesOf(withTiming(survey, asset, { seconds: seconds * share }));
    const { name } = graph.assets.get(asset)!;
    return {
      kind: 'faster-restore',
      name,
      of: { kind: 'asset', id: asset },
      change: ruled('rules.fix-faster-restore', { asset: name, seconds }),
      gains: gainsBetween(survey, now, at(HOPED), at(SURE)),
      closes: [],
      cost: null,
    };
  });
}

/** Strategies that are not in place, with the time and the cost of the option that was chosen. Sure of them is nothing. */
function strategyFixes(survey: Survey, now: Times): Fix[] {
  const open = survey.facts.strategies.filter(({ state }) => state === 'proposed' || state === 'chosen');
  return open.flatMap((strategy): Fix[] => {
    const { name, chosen } = strategy;
    if (!chosen || chosen.rtoSeconds === null) return [];
    return [
      {
        kind: 'strategy',
        name,
        of: { kind: 'strategy', id: strategy.id },
        change: ruled('rules.fix-strategy', { strategy: name, option: chosen.name }),
        gains: gainsBetween(survey, now, timesWith(strategy, chosen.rtoSeconds, survey, now), now),
        closes: [],
        cost: { once: chosen.costOnce, yearly: chosen.costYearly },
      },
    ];
  });
}

function timesWith({ protects }: StrategyFacts, rtoSeconds: number, survey: Survey, now: Times): Times {
  if (protects.kind === 'activity') return new Map([...now, [protects.id, rtoSeconds]]);
  const timing = survey.timings.get(protects.id);
  if (!timing || (timing.standing !== 'unmeasured' && timing.seconds <= rtoSeconds)) return now;
  return timesOf(withTiming(survey, protects.id, { standing: 'declared', seconds: rtoSeconds }));
}

/** Tests and exercises that are missing bring no hours: they bring a time that is known. */
function missingMeasures(survey: Survey): Fix[] {
  const reasons = priorityOf(survey).flatMap((activity) => effectiveOf(activity, survey).reasons);
  const measurable = reasons.filter(({ key }) => MEASURED_BY_TEST.includes(key));
  const unique = [...new Map(measurable.map((reason) => [String(reason.params.asset), reason])).values()];
  return unique.map((reason) => closing('restore-test', assetNamed(survey, reason), reason));
}

/** Reasons tell an asset by its name. */
function assetNamed({ facts }: Survey, { params }: Reason): Closed {
  const name = String(params.asset);
  const { id } = facts.assets.find((asset) => asset.name === name)!;
  return { kind: 'asset', id, name };
}

const MEASURED_BY_TEST = [
  'readiness.restore-never-measured',
  'readiness.restore-not-shown',
  'readiness.restore-stale',
  'readiness.recovery-declared',
];

const deputies = (survey: Survey): Fix[] => [
  ...crisisRoles(survey)
    .filter(({ reason }) => reason.key === 'rules.role-without-deputy')
    .map(({ object: { id, name }, reason }) => closing('deputy', { kind: 'role', id, name }, reason)),
  ...leaves(survey)
    .filter(({ reason }) => reason.key === 'readiness.team-without-deputy')
    .map(({ reason }) => closing('deputy', assetNamed(survey, reason), reason)),
];

type Closed = NonNullable<Fix['of']> & { name: string };

const closing = (kind: Fix['kind'], { name, ...of }: Closed, reason: Reason): Fix => ({
  kind,
  name,
  of,
  change: { key: `report.action.${reason.key}`, params: reason.params },
  gains: [],
  closes: [reason],
  cost: null,
});

/** The same client, had this asset another time. */
function withTiming(survey: Survey, asset: string, given: Partial<Timing>): Survey {
  const timings = new Map(survey.timings);
  timings.set(asset, { ...timings.get(asset)!, ...given });
  const { graph } = survey;
  return { ...survey, timings, chains: provenChains(graph, timings), known: knownChains(graph, timings) };
}
