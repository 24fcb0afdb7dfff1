/** What rules come to when the schedule runs on: pure, and by the same judgement as what is kept today. */
import { judge } from './keep.ts';
import type { RetentionRules } from './rules.ts';

export interface ForecastPoint {
  id: string;
  dataTime: Date;
  bytes: number;
  lockedUntil: Date | null;
}

export interface ForecastMonth {
  at: Date;
  points: number;
  /** Of what the runs stored, by what they usually store: an order of magnitude. */
  bytes: number;
}

const DAY = 86_400_000;
const MONTHS = 12;
/** Runs that come closer to each other are too many to look at one by one. */
export const SHORTEST_INTERVAL_SECONDS = 1800;

/** Month by month for a year. Null where runs come too often for it. Every run is taken to succeed and to be proved. */
export function forecast(
  points: readonly ForecastPoint[],
  rules: RetentionRules | null,
  {
    intervalSeconds,
    bytesEach,
    lockDays,
    zone,
    now,
  }: { intervalSeconds: number; bytesEach: number; lockDays: number | null; zone: string; now: Date },
): ForecastMonth[] | null {
  if (intervalSeconds < SHORTEST_INTERVAL_SECONDS) return null;
  let there: ForecastPoint[] = [...points];
  let next = now.getTime() + intervalSeconds * 1000;
  const months: ForecastMonth[] = [];
  for (let month = 1; month <= MONTHS; month++) {
    const at = new Date(now.getTime() + (month * 365 * DAY) / MONTHS);
    for (; next <= at.getTime(); next += intervalSeconds * 1000) {
      const lockedUntil = lockDays === null ? null : new Date(next + lockDays * DAY);
      there.push({ id: `${next}`, dataTime: new Date(next), bytes: bytesEach, lockedUntil });
    }
    if (rules) there = keptOf(there, rules, { zone, now: at });
    months.push({ at, points: there.length, bytes: there.reduce((sum, { bytes }) => sum + bytes, 0) });
  }
  return months;
}

function keptOf(points: ForecastPoint[], rules: RetentionRules, when: { zone: string; now: Date }) {
  const judged = judge(
    points.map((point) => ({ ...point, isHeld: false, proof: 'proven' as const })),
    rules,
    when,
  );
  return judged.flatMap(({ point: { id, dataTime, bytes, lockedUntil }, because }) =>
    because.length > 0 ? [{ id, dataTime, bytes, lockedUntil }] : [],
  );
}
