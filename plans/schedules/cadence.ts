/** How often something is due, in words that people use. */
import { z } from 'zod';
import { CronExpression } from './cron.ts';

export const ClockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'schedule.time' });

const Times = z
  .array(ClockTime)
  .min(1, { error: 'schedule.no-time' })
  .max(48)
  .describe('In the local time of the client');

/** Seconds over which clients are spread, so that not all begin in the same second; always the same for each. */
const Spread = z.int().min(0).max(43_200).default(0);

export const Cadence = z
  .discriminatedUnion('kind', [
    z
      .object({ kind: z.literal('interval'), everySeconds: z.int().min(300).max(31_622_400) })
      .describe('Whole intervals, whatever clocks on walls do'),
    z.object({ kind: z.literal('daily'), at: Times, spreadSeconds: Spread }),
    z.object({
      kind: z.literal('weekly'),
      at: Times,
      days: z
        .array(z.int().min(1).max(7))
        .min(1, { error: 'schedule.no-day' })
        .max(7)
        .describe('1 is Monday'),
      spreadSeconds: Spread,
    }),
    z.object({
      kind: z.literal('monthly'),
      at: Times,
      days: z
        .array(
          z
            .int()
            .min(-1)
            .max(31)
            .refine((day) => day !== 0, { error: 'schedule.day' }),
        )
        .min(1, { error: 'schedule.no-day' })
        .max(31)
        .describe('-1 is the last day; a day that a month has not is its last day'),
      months: z
        .array(z.int().min(1).max(12))
        .min(1)
        .max(12)
        .optional()
        .describe('Every month, unless some are named'),
      spreadSeconds: Spread,
    }),
    z.object({ kind: z.literal('cron'), expression: CronExpression, spreadSeconds: Spread }),
    z
      .object({ kind: z.literal('objective'), rpoSeconds: z.int().min(900).max(31_622_400) })
      .describe('Whenever the data would otherwise grow older than the RPO of the plan allows'),
  ])
  .meta({ id: 'Cadence' });
export type Cadence = z.infer<typeof Cadence>;

/** Those whose due times can be told ahead from the calendar alone. */
export type Timed = Exclude<Cadence, { kind: 'objective' }>;
