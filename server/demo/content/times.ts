/** Durations and hours of work as content tells them. */
import type { Hours } from '#/plans/hours.ts';

export const HOUR = 3600;
export const DAY = 24 * HOUR;

/** Monday to Friday, or as many days as said. */
export const weekdays = (from: string, to: string, days = 5): Hours =>
  Array.from({ length: days }, (_, place) => ({ day: place + 1, from, to }));
