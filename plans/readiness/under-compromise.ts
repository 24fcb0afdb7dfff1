/**
 * What would be left after an intruder who had every right: not the newest copy, but the newest one made whole before they
 * came in that was proven good and that nobody can have removed since.
 */
import type { ActivityFacts, AssetFacts, Reason, RecoveryPointFacts } from '../facts.ts';
import { dataNeeded } from './data-needed.ts';
import type { LossUnderCompromise } from './readiness.ts';
import { because } from './reasons.ts';
import type { Survey } from './survey.ts';
import { compareTimes, SECONDS_PER_DAY, secondsBetween } from './time.ts';

/** How long an intruder is assumed to have been in before anybody noticed. */
export const DWELL_DAYS = [1, 7, 30] as const;

export const lossUnderCompromise = (activity: ActivityFacts, survey: Survey): LossUnderCompromise[] =>
  DWELL_DAYS.map((dwellDays) => lossAfter(dwellDays, activity, survey));

/** That of the worst data set; not known while one is not known, and none when one has none. */
function lossAfter(dwellDays: number, activity: ActivityFacts, survey: Survey): LossUnderCompromise {
  const data = dataNeeded(activity, survey);
  const left = data.map((asset) => ({ asset, ...leftOf(asset, dwellDays, survey) }));
  const reasons =
    data.length === 0
      ? [because('readiness.no-data-set', { activity: activity.name })]
      : left.flatMap(({ reason }) => reason ?? []);
  const told = { dwellDays, reasons };
  if (left.some(({ state }) => state === 'none'))
    return { ...told, state: 'none', seconds: null, asset: null };
  const [worst] = left.toSorted((one, other) => (other.seconds ?? 0) - (one.seconds ?? 0));
  if (!worst || left.some(({ state }) => state === 'unknown'))
    return { ...told, state: 'unknown', seconds: null, asset: null };
  return { ...told, state: 'kept', seconds: worst.seconds, asset: worst.asset.id };
}

interface Left {
  state: LossUnderCompromise['state'];
  seconds: number | null;
  reason: Reason | null;
}

function leftOf({ id, name: asset }: AssetFacts, dwellDays: number, { facts, proof }: Survey): Left {
  const { now } = facts;
  const before = proof
    .get(id)!
    .provenPoints.filter(({ endedAt }) => secondsBetween(endedAt, now) >= dwellDays * SECONDS_PER_DAY);
  const kept = before.findLast((point) => isKept(point, now));
  if (kept) return { state: 'kept', seconds: secondsBetween(kept.dataTime, now), reason: null };
  if (before.length === 0)
    return {
      ...NOTHING,
      state: 'none',
      reason: because('readiness.no-copy-before-intrusion', { asset, dwellDays }),
    };
  if (before.some(isNotSaid))
    return {
      ...NOTHING,
      state: 'unknown',
      reason: because('readiness.lock-not-recorded', { asset, dwellDays }),
    };
  return { ...NOTHING, state: 'none', reason: because('readiness.lock-ended', { asset, dwellDays }) };
}

const NOTHING = { seconds: null };

/** A lock that somebody with the right may lift is none against somebody who took every right. */
const isKept = ({ lock }: RecoveryPointFacts, now: string): boolean =>
  lock?.mode === 'compliance' && compareTimes(lock.until, now) > 0;

const isNotSaid = ({ lock }: RecoveryPointFacts): boolean => lock?.mode !== 'compliance';
