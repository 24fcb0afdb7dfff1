/** Statistics that a few strange points among many do not move. */

/** Makes the median of distances as wide as a standard deviation, where things are spread as usual. */
const AS_DEVIATION = 1.4826;
const DEVIATIONS = 6;

/** Null of nothing. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Whether a value lies above what is usual: by more than it ever wavers, and by `least` at the least. */
export function isAbove(value: number, usual: readonly number[], least: number): boolean {
  const middle = median(usual) ?? 0;
  return value - middle > Math.max(least, DEVIATIONS * spread(usual, middle));
}

export const isBelow = (value: number, usual: readonly number[], least: number): boolean =>
  isAbove(
    -value,
    usual.map((one) => -one),
    least,
  );

const spread = (values: readonly number[], middle: number): number =>
  AS_DEVIATION * (median(values.map((value) => Math.abs(value - middle))) ?? 0);

interface Sketch {
  limit: number;
  names: readonly number[];
  contents: readonly number[];
}

/** The share of what was there before and is there no more. Only hashes that both sketches would have kept are compared. */
export function gone(before: Sketch, now: Sketch, what: 'names' | 'contents'): number {
  const limit = Math.min(before.limit, now.limit);
  const there = new Set(now[what]);
  const known = new Set(before[what].filter((hash) => hash < limit));
  if (known.size === 0) return 0;
  return [...known].filter((hash) => !there.has(hash)).length / known.size;
}
