/** How long an activity takes to come back: the longest chain of restores, not the largest one. */
import type { ActivityFacts, AssetFacts, Reason } from '../facts.ts';
import { bindingReasons } from './binding.ts';
import { longest } from './chains.ts';
import { type Graph, namesOf, RECOVERY_EDGES, reach } from './graph.ts';
import { type Needed, neededFor } from './needed.ts';
import type { ActivityReadiness, PathStep, ScheduledStep } from './readiness.ts';
import { because } from './reasons.ts';
import { measureGaps } from './restore-proof.ts';
import { schedule } from './schedule.ts';
import type { Survey } from './survey.ts';
import { isRestorable } from './timings.ts';

type Effective = ActivityReadiness['effective'];

/** Effective recovery time of an activity, in seconds, with the path that binds it. */
export function effectiveOf(activity: ActivityFacts, survey: Survey): Effective {
  const { graph, chains, timings } = survey;
  const needed = neededFor(activity, graph, chains);
  const reasons = whatIsNotProven(activity, needed, survey);
  const knownSeconds = knownSecondsOf(activity, needed, survey);
  const isDeclared = needed.assets.some((asset) => timings.get(asset)!.standing === 'declared');
  if (!isTimed(reasons, needed, survey)) {
    const path = pathTo(
      longest(neededFor(activity, graph, survey.known).direct, survey.known, graph),
      survey,
      true,
    );
    return {
      verdict: 'unmeasured',
      seconds: knownSeconds,
      knownSeconds,
      scheduled: null,
      path,
      reasons,
      binding: [],
    };
  }
  const last = longest(needed.direct, chains, graph)!;
  const { seconds } = chains.get(last)!.worth;
  const scheduled = scheduledFor(needed, survey);
  const path = pathTo(last, survey);
  return {
    verdict: verdictOf(scheduled.seconds, activity.rtoSeconds, isDeclared),
    seconds,
    knownSeconds,
    scheduled,
    path,
    reasons,
    binding: bindingReasons(activity, { seconds, path, scheduled }),
  };
}

function verdictOf(seconds: number, rtoSeconds: number | null, isDeclared: boolean): Effective['verdict'] {
  const isLate = rtoSeconds !== null && seconds > rtoSeconds;
  if (isDeclared) return isLate ? 'declared-late' : 'declared';
  if (rtoSeconds === null) return 'no-objective';
  return isLate ? 'late' : 'within';
}

/** Circles among assets that must all be back. */
export function cycleReasons(graph: Graph, assets: readonly string[]): Reason[] {
  const cycles = new Set(assets.map((id) => graph.cycleOf.get(id)).filter((cycle) => cycle !== undefined));
  return [...cycles].map((ids) => because('readiness.dependency-cycle', { assets: namesOf(graph, ids) }));
}

/** Everything that keeps the time from being known by measures alone. Never empty when nothing was measured. */
function whatIsNotProven(activity: ActivityFacts, { assets }: Needed, survey: Survey): Reason[] {
  const { graph, timings } = survey;
  const { assets: reached, unknown } = reach(graph, activity, RECOVERY_EDGES);
  const named = { activity: activity.name };
  if (reached.length + unknown.length === 0) return [because('readiness.no-dependencies', named)];
  const byNames = [...graph.assets.values()].filter(({ id }) => assets.includes(id));
  const counted = byNames.filter(({ id }) => timings.get(id)!.standing !== 'untimed');
  return [
    ...cycleReasons(graph, assets),
    ...unknown.map((asset) => because('readiness.unknown-dependency', { ...named, asset })),
    ...(counted.length === 0 ? [because('readiness.nothing-to-restore', named)] : []),
    ...counted.flatMap((asset) => timingGaps(asset, survey)),
  ];
}

/** What keeps the time of an asset from being a measured one. */
function timingGaps(asset: AssetFacts, { timings, measures, intervalDays }: Survey): Reason[] {
  const { standing, seconds } = timings.get(asset.id)!;
  if (standing === 'measured' || standing === 'untimed') return [];
  const measure = measures.get(asset.id)!;
  const isTested = isRestorable(asset) || measure.kind === 'failed';
  const untested = isTested ? measureGaps(asset, measure, intervalDays) : [];
  if (standing === 'unmeasured') return untested;
  return [
    because('readiness.recovery-declared', { asset: asset.name, declaredSeconds: seconds }),
    ...untested,
  ];
}

/** Declared times make a time, if only a declared one; anything else that is missing makes none. */
const isTimed = (reasons: Reason[], { direct, assets }: Needed, { chains, timings }: Survey): boolean =>
  assets.every((asset) => timings.get(asset)!.standing !== 'unmeasured') &&
  direct.every((asset) => chains.has(asset)) &&
  !reasons.some(({ key }) => NO_TIME.includes(key));

const NO_TIME = [
  'readiness.no-dependencies',
  'readiness.unknown-dependency',
  'readiness.dependency-cycle',
  'readiness.nothing-to-restore',
];

function knownSecondsOf(
  activity: ActivityFacts,
  needed: Needed,
  { graph, known, timings }: Survey,
): number | null {
  if (!needed.assets.some((asset) => timings.get(asset)!.standing === 'measured')) return null;
  const last = longest(neededFor(activity, graph, known).direct, known, graph);
  return last === null ? null : known.get(last)!.worth.seconds;
}

function pathTo(last: string | null, { graph, chains, known, timings }: Survey, isKnown = false): PathStep[] {
  const steps: PathStep[] = [];
  const from = isKnown ? known : chains;
  for (let at = last; at !== null; at = from.get(at)!.worth.after) {
    const { id, name, kind } = graph.assets.get(at)!;
    const { standing, seconds, source, samples, p90Seconds, measuredAt, restoreTest } = timings.get(id)!;
    const isTimed = standing === 'measured' || (standing === 'declared' && !isKnown);
    steps.unshift({
      asset: id,
      name,
      isRestorable: isRestorable({ kind }),
      seconds: isTimed ? seconds : null,
      source: isTimed ? source : null,
      samples,
      p90Seconds,
      measuredAt,
      restoreTest,
    });
  }
  return steps;
}

/** As if this activity alone came back: others would want the same technicians and lines. */
function scheduledFor(
  { assets }: Needed,
  { facts, graph, chains, timings }: Survey,
): NonNullable<Effective['scheduled']> {
  const { technicians, links } = facts.client;
  const jobs = assets.map((id) => {
    const { seconds, resource } = timings.get(id)!;
    return { id, seconds, resource, after: chains.get(id)!.chosen };
  });
  const done = schedule(jobs, { technician: technicians, link: links });
  const last = jobs.reduce((latest, job) =>
    done.get(job.id)!.endsAt > done.get(latest.id)!.endsAt ? job : latest,
  );
  const path: ScheduledStep[] = [];
  for (let at: string | null = last.id; at !== null; at = done.get(at)!.startedBy) {
    const { waitSeconds } = done.get(at)!;
    const { resource } = timings.get(at)!;
    path.unshift({
      asset: at,
      name: graph.assets.get(at)!.name,
      waitSeconds,
      waitsFor: waitSeconds > 0 && resource !== 'none' ? resource : null,
    });
  }
  return { seconds: done.get(last.id)!.endsAt, technicians, links, path };
}
