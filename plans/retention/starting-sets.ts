/** Sets of rules to begin with. Their names and what they are meant for stand in the words. */
import { RetentionRules } from './rules.ts';

export const STARTING_SETS = {
  /** Two weeks of days, two months of weeks, a year of months: what small firms ask for. */
  'small-firm': { withinDays: 2, daily: 14, weekly: 8, monthly: 12 },
  /** Some intrusions are noticed after months only. */
  'long-unnoticed': { withinDays: 7, daily: 31, weekly: 26, monthly: 24 },
  'seven-years': { withinDays: 2, daily: 31, weekly: 12, monthly: 24, yearly: 7 },
  'ten-years': { withinDays: 2, daily: 31, weekly: 12, monthly: 36, yearly: 10 },
  /** What is made anew each day and may be forgotten soon. */
  'short-lived': { last: 3, daily: 7 },
} as const;
export type StartingSet = keyof typeof STARTING_SETS;

export const rulesOfSet = (set: StartingSet): RetentionRules => RetentionRules.parse(STARTING_SETS[set]);
