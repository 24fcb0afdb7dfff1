/** What is measured against what was promised. */
import type { ActivityFacts, Reason } from '../facts.ts';
import { isUnlikeCurve } from '../impact.ts';
import type { Graph } from './graph.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';

type Objectives = Pick<ActivityFacts, 'name' | 'mtpdSeconds' | 'rtoSeconds' | 'rpoSeconds'>;

/** Rule 1: the recovery objective lies before the longest stop that can be borne. */
export function rtoAgainstMtpd({ name, mtpdSeconds, rtoSeconds }: Omit<Objectives, 'rpoSeconds'>): Reason[] {
  if (mtpdSeconds === null || rtoSeconds === null || rtoSeconds < mtpdSeconds) return [];
  return [because('readiness.rto-not-below-mtpd', { activity: name, rtoSeconds, mtpdSeconds })];
}

/** Rule 1: what was said can be borne is what follows from the impacts, or somebody said why not. */
export function mtpdAgainstImpacts(activity: ActivityFacts): Reason[] {
  const { name, mtpdSeconds, derivedMtpdSeconds } = activity;
  if (!isUnlikeCurve(activity)) return [];
  return [
    because('readiness.mtpd-unlike-impacts', {
      activity: name,
      mtpdSeconds: mtpdSeconds!,
      derivedSeconds: derivedMtpdSeconds!,
    }),
  ];
}

/**
 * The chain is longer than the objective, as measured, as declared, or only with the technicians and lines there are. What
 * is known by measures alone may suffice to say so.
 */
export function recoveryOverRto(
  { name: activity, rtoSeconds }: Objectives,
  { verdict, seconds, knownSeconds, scheduled }: ActivityReadiness['effective'],
): Reason[] {
  const isOver = (time: number | null): time is number =>
    rtoSeconds !== null && time !== null && time > rtoSeconds;
  const objective = { activity, rtoSeconds: rtoSeconds ?? 0 };
  const isMeasured = verdict === 'within' || verdict === 'late';
  if (isMeasured && isOver(seconds))
    return [because('readiness.recovery-over-rto', { ...objective, effectiveSeconds: seconds })];
  if (!isMeasured && isOver(knownSeconds))
    return [because('readiness.known-recovery-over-rto', { ...objective, knownSeconds })];
  if (!isOver(scheduled?.seconds ?? null)) return [];
  const { seconds: scheduledSeconds, technicians, links } = scheduled!;
  if (!isMeasured)
    return [
      because('readiness.declared-recovery-over-rto', { ...objective, declaredSeconds: scheduledSeconds }),
    ];
  return [because('readiness.scheduled-over-rto', { ...objective, scheduledSeconds, technicians, links })];
}

/** More data would have been lost than the objective allows. */
export function lossOverRpo(
  { rpoSeconds }: Objectives,
  { seconds, asset }: ActivityReadiness['observedRpo'],
  graph: Graph,
): Reason[] {
  if (rpoSeconds === null || seconds === null || asset === null || seconds <= rpoSeconds) return [];
  const { name } = graph.assets.get(asset)!;
  return [because('readiness.loss-over-rpo', { asset: name, observedSeconds: seconds, rpoSeconds })];
}
