import type { RecoveryPointFacts } from '../facts.ts';
import { compareTimes, SECONDS_PER_DAY, secondsBetween } from './time.ts';

const WINDOW_DAYS = 90;

/**
 * The longest time, in seconds, whose work would have been lost: from the data of one point until the next one that
 * `isGood` is complete, or until now. A point that is not good closes no gap but opens one, so that a failure never
 * makes a gap shorter. Gaps that ended before the last 90 days are forgotten. Null without a good point.
 * `points` come oldest first.
 */
export function worstGap(
  points: RecoveryPointFacts[],
  now: string,
  isGood: (point: RecoveryPointFacts) => boolean = () => true,
): number | null {
  if (!points.some(isGood)) return null;
  let availableFrom = now;
  let worst = 0;
  for (const point of points.toReversed()) {
    if (secondsBetween(availableFrom, now) > WINDOW_DAYS * SECONDS_PER_DAY) break;
    worst = Math.max(worst, secondsBetween(point.dataTime, availableFrom));
    if (isGood(point) && compareTimes(point.endedAt, availableFrom) < 0) availableFrom = point.endedAt;
  }
  return worst;
}
