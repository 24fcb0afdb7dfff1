/**
 * Which recovery points of one source stay, and why each does. Rules say what may go; a lock, a legal hold, and want of
 * proof hold against them. Pure, so that what is shown before saving is what happens afterwards.
 */
import { PERIODS, type Period, periodName, type RetentionRules } from './rules.ts';

export interface KeptPoint {
  id: string;
  dataTime: Date;
  lockedUntil: Date | null;
  isHeld: boolean;
  /** What was found of it: a restore test passed, its content looks damaged or encrypted, a test failed, nothing yet. */
  proof: 'proven' | 'suspect' | 'failed' | 'none';
}

/** Why a point stays. `rank` counts periods from the newest: 1 is the newest. */
export type Reason =
  | { code: 'newest' }
  | { code: 'last'; rank: number }
  | { code: 'within'; until: Date }
  | { code: Period; rank: number }
  | { code: 'locked'; until: Date }
  | { code: 'held' }
  | { code: 'last-proven' }
  | { code: 'no-proven-successor' }
  | { code: 'dated-ahead'; until: Date };

export interface Verdict<Point extends KeptPoint> {
  point: Point;
  /** Empty: it may go. */
  because: Reason[];
  /** What the rules alone would keep; the rest stays for a lock, a hold or want of proof. */
  isByRules: boolean;
}

const DAY = 86_400_000;

/** Newest first. */
export function judge<Point extends KeptPoint>(
  points: readonly Point[],
  rules: RetentionRules,
  { zone, now }: { zone: string; now: Date },
): Verdict<Point>[] {
  const newestFirst = points.toSorted(
    (left, right) => right.dataTime.getTime() - left.dataTime.getTime() || (left.id < right.id ? -1 : 1),
  );
  // A clock that was wrong made them: nobody knows which points they are newer than, so they stay and stand for nothing.
  const ahead = newestFirst.filter(({ dataTime }) => dataTime > now);
  const dated = newestFirst.slice(ahead.length);
  const byRules = reasonsByRules(dated, rules, { zone, now });
  // What a rotten or untested newer point may have to be replaced by stays, however old.
  const lastProven = dated.findIndex(({ proof }) => proof === 'proven');

  return [
    ...ahead.map((point) => ({
      point,
      because: [{ code: 'dated-ahead' as const, until: point.dataTime }, ...keptThough(point, now)],
      isByRules: true,
    })),
    ...dated.map((point, index) => {
      const ruled = byRules.get(point)!;
      const because: Reason[] = [...ruled, ...keptThough(point, now)];
      if (index === lastProven) because.push({ code: 'last-proven' });
      else if (lastProven < 0 || index < lastProven) because.push({ code: 'no-proven-successor' });
      return { point, because, isByRules: ruled.length > 0 };
    }),
  ];
}

/** Whatever the rules say. */
function keptThough({ lockedUntil, isHeld }: KeptPoint, now: Date): Reason[] {
  return [
    ...(lockedUntil && lockedUntil > now ? [{ code: 'locked' as const, until: lockedUntil }] : []),
    ...(isHeld ? [{ code: 'held' as const }] : []),
  ];
}

function reasonsByRules<Point extends KeptPoint>(
  newestFirst: readonly Point[],
  rules: RetentionRules,
  { zone, now }: { zone: string; now: Date },
): Map<Point, Reason[]> {
  const reasons = new Map<Point, Reason[]>(newestFirst.map((point) => [point, []]));
  newestFirst.forEach((point, index) => {
    const found = reasons.get(point)!;
    if (index === 0) found.push({ code: 'newest' });
    if (index < rules.last) found.push({ code: 'last', rank: index + 1 });
    const until = new Date(point.dataTime.getTime() + rules.withinDays * DAY);
    if (rules.withinDays > 0 && until > now) found.push({ code: 'within', until });
  });
  for (const period of PERIODS) keepPeriods(period, rules[period], zone, reasons);
  return reasons;
}

/** The newest of each period. Periods without a point do not count, so that a silent source loses nothing. */
function keepPeriods<Point extends KeptPoint>(
  period: Period,
  count: number,
  zone: string,
  reasons: Map<Point, Reason[]>,
) {
  const seen = new Set<string>();
  for (const [point, found] of reasons) {
    if (seen.size >= count) return;
    const name = periodName(period, point.dataTime, zone);
    if (seen.has(name)) continue;
    seen.add(name);
    found.push({ code: period, rank: seen.size });
  }
}
