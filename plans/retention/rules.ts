/** How long recovery points are kept: by count, and by hours, days, weeks, months and years of the client's calendar. */
import { z } from 'zod';

const Count = z.int().min(0).max(10_000).default(0);

export const RetentionRules = z
  .object({
    last: Count.describe('The newest so many'),
    withinDays: z.int().min(0).max(36_500).default(0).describe('All that are younger'),
    hourly: Count.describe('The newest of each of the last so many hours that have one'),
    daily: Count,
    weekly: Count.describe('Weeks begin on Mondays, as ISO 8601 has it'),
    monthly: Count,
    yearly: Count,
  })
  .refine((rules) => Object.values(rules).some((count) => count > 0), { error: 'retention.keeps-nothing' })
  .meta({ id: 'RetentionRules' });
export type RetentionRules = z.infer<typeof RetentionRules>;

export const PERIODS = ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Period = (typeof PERIODS)[number];

/** Two moments with the same name lie in the same period. */
export function periodName(period: Period, moment: Date, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone);
  const day = local.toPlainDate();
  if (period === 'hourly') return `${day.toString()}T${local.hour}${local.offset}`;
  if (period === 'daily') return day.toString();
  if (period === 'weekly') return `${day.yearOfWeek}-${day.weekOfYear}`;
  if (period === 'monthly') return day.toPlainYearMonth().toString();
  return String(day.year);
}
