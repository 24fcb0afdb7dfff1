/** What is measured against what was promised. */
import type { ActivityFacts, Reason } from '../facts.ts';
import type { Graph } from './graph.ts';
import type { ActivityReadiness } from './readiness.ts';
import { because } from './reasons.ts';

type Objectives = Pick<ActivityFacts, 'name' | 'mtpdSeconds' | 'rtoSeconds' | 'rpoSeconds'>;

/** Rule 1: the recovery objective lies before the longest stop that can be borne. */
export function rtoAgainstMtpd({ name, mtpdSeconds, rtoSeconds }: Omit<Objectives, 'rpoSeconds'>): Reason[] {
  if (mtpdSeconds === null || rtoSeconds === null || rtoSeconds < mtpdSeconds) return [];
  return [because('readiness.rto-not-below-mtpd', { activity: name, rtoSeconds, mtpdSeconds })];
}

/** The measured chain is longer than the objective. What is known may suffice to say so, even when some is not measured. */
export function recoveryOverRto(
  { name: activity, rtoSeconds }: Objectives,
  { verdict, seconds }: ActivityReadiness['effective'],
): Reason[] {
  if (rtoSeconds === null || seconds === null || seconds <= rtoSeconds) return [];
  if (verdict === 'unmeasured')
    return [because('readiness.known-recovery-over-rto', { activity, knownSeconds: seconds, rtoSeconds })];
  return [because('readiness.recovery-over-rto', { activity, effectiveSeconds: seconds, rtoSeconds })];
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
