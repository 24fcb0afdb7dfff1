/** How critical an activity is: it follows from how long its standstill can be borne, and nobody ticks it. */

const HOUR = 3600;
const DAY = 24 * HOUR;

/** From the most to the least. */
export const CRITICALITIES = ['vital', 'critical', 'important', 'moderate', 'deferrable'] as const;
export type Criticality = (typeof CRITICALITIES)[number];

/** The longest standstill of each band: half a working day, a day, three days, a week; beyond that it can wait. */
const BANDS: readonly [criticality: Criticality, upToSeconds: number][] = [
  ['vital', 4 * HOUR],
  ['critical', DAY],
  ['important', 3 * DAY],
  ['moderate', 7 * DAY],
];

/** Null while no MTPD is known. */
export function criticalityOf(mtpdSeconds: number | null): Criticality | null {
  if (mtpdSeconds === null) return null;
  return BANDS.find(([, upToSeconds]) => mtpdSeconds <= upToSeconds)?.[0] ?? 'deferrable';
}
