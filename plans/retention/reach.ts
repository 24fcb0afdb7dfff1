/** How far back the rules reach, whatever happens: for how long damage may go unnoticed while a point from before it is left. */
import { PERIODS, type Period, type RetentionRules } from './rules.ts';

const DAY_SECONDS = 86_400;

/** The shortest of each period, in days. */
const SHORTEST: Record<Period, number> = { hourly: 1 / 24, daily: 1, weekly: 7, monthly: 28, yearly: 365 };

/** Whole days; null where everything is kept. The newest period has only begun, so it does not count. */
export function reachDays(
  rules: RetentionRules | null,
  { intervalSeconds }: { intervalSeconds: number },
): number | null {
  if (!rules) return null;
  const interval = intervalSeconds / DAY_SECONDS;
  const spans = [
    rules.withinDays,
    Math.max(0, rules.last - 1) * interval,
    // A source that is backed up less often than once a period has a point in some of them only.
    ...PERIODS.map((period) => Math.max(0, rules[period] - 1) * Math.max(SHORTEST[period], interval)),
  ];
  return Math.floor(Math.max(...spans));
}

/** Whether some count or span is less than before. Keeping everything is the most there is. */
export function isShorter(before: RetentionRules | null, after: RetentionRules | null): boolean {
  if (!after) return false;
  if (!before) return true;
  return (Object.keys(before) as (keyof RetentionRules)[]).some((name) => after[name] < before[name]);
}
