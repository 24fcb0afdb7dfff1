/** A schedule as people fill it in: flat fields, of which the rhythm tells those that count. The same in forms and in JSON. */
import { z } from 'zod';
import { invalid } from '../errors.ts';
import { OptionalLine, OptionalSeconds } from '../text.ts';
import { type Cadence, ClockTime } from './cadence.ts';
import { ScheduleRules } from './schedules.ts';

export const RHYTHMS = ['interval', 'daily', 'weekly', 'monthly', 'cron', 'objective'] as const;
export type RhythmKind = (typeof RHYTHMS)[number];
export const CATCH_UPS = ['once', 'skip'] as const;

const Whole = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const Seconds = (least: number, most: number, start: number) =>
  z.preprocess((value) => value ?? start, z.coerce.number().int().min(least).max(most));

/** To be spread into the shape of whatever recurs. Times are those of walls in the client's zone. */
export const RhythmShape = {
  rhythm: z.enum(RHYTHMS).default('daily'),
  everySeconds: OptionalSeconds.default(null).describe('Of `interval`'),
  at: z.array(ClockTime).max(48).default([]).describe('Of `daily`, `weekly` and `monthly`, such as 22:30'),
  weekdays: z.array(Whole(1, 7)).max(7).default([]).describe('Of `weekly`; 1 is Monday'),
  monthDays: z.array(Whole(-1, 31)).max(31).default([]).describe('Of `monthly`; -1 is the last day'),
  expression: OptionalLine(100).default(null).describe('Of `cron`: five fields'),
  rpoSeconds: OptionalSeconds.default(null).describe('Of `objective`: how old the data may grow'),
  spreadSeconds: Seconds(0, 43_200, 0).describe(
    'Begins up to so much later, always the same for each, so that not all begin at once',
  ),
  startWindowSeconds: Seconds(60, 604_800, 3600).describe(
    'It may begin this long after its due time; later it is missed, or caught up with',
  ),
  completionWindowSeconds: OptionalSeconds.default(null).describe('It has to end this long after it began'),
  catchUp: z
    .enum(CATCH_UPS)
    .default('once')
    .describe('What was missed while nobody could begin it is done once, late, or left out'),
};
const Rhythm = z.object(RhythmShape);
export type Rhythm = z.infer<typeof Rhythm>;

/** The rules that follow. Refuses a rhythm without what it goes by, field by field. */
export function rulesFrom(rhythm: Rhythm, allowed: readonly RhythmKind[] = RHYTHMS): ScheduleRules {
  if (!allowed.includes(rhythm.rhythm)) throw invalid('rhythm', 'schedule.rhythm');
  const { startWindowSeconds, completionWindowSeconds, catchUp } = rhythm;
  const read = ScheduleRules.safeParse({
    cadence: cadenceFrom(rhythm),
    startWindowSeconds,
    completionWindowSeconds,
    catchUp,
  });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const name = String(issue?.path.at(0) === 'cadence' ? fieldOf(issue.path, rhythm) : issue?.path[0]);
  throw invalid(name, SENTENCES[name] ?? 'schedule.rhythm');
}

/** The fields that say the rules. */
export function rhythmOf({ cadence, ...windows }: ScheduleRules): Rhythm {
  const { kind, ...own } = cadence;
  const { days, ...fields } = own as typeof own & { days?: number[] };
  const listed = days && (kind === 'weekly' ? { weekdays: days } : { monthDays: days });
  return Rhythm.parse({ rhythm: kind, ...fields, ...listed, ...windows });
}

function cadenceFrom(rhythm: Rhythm): unknown {
  const {
    rhythm: kind,
    at,
    spreadSeconds,
    everySeconds,
    weekdays,
    monthDays,
    expression,
    rpoSeconds,
  } = rhythm;
  switch (kind) {
    case 'interval':
      return { kind, everySeconds };
    case 'daily':
      return { kind, at, spreadSeconds };
    case 'weekly':
      return { kind, at, days: weekdays, spreadSeconds };
    case 'monthly':
      return { kind, at, days: monthDays, spreadSeconds };
    case 'cron':
      return { kind, expression, spreadSeconds };
    case 'objective':
      return { kind, rpoSeconds } satisfies
        | z.input<typeof Cadence>
        | { kind: string; rpoSeconds: number | null };
  }
}

function fieldOf([, name]: PropertyKey[], { rhythm }: Rhythm): string {
  if (name === 'days') return rhythm === 'weekly' ? 'weekdays' : 'monthDays';
  return typeof name === 'string' ? name : 'rhythm';
}

const SENTENCES: Record<string, string> = {
  everySeconds: 'schedule.every',
  at: 'schedule.no-time',
  weekdays: 'schedule.no-day',
  monthDays: 'schedule.no-day',
  expression: 'schedule.cron',
  rpoSeconds: 'schedule.rpo',
  completionWindowSeconds: 'schedule.window',
};
