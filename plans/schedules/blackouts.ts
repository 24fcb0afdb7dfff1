/** Times in which nothing may begin: a till at its busiest, a line that is needed, the night of the accounts. */
import { z } from 'zod';
import { Hours } from '../hours.ts';

const LocalTime = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d$/, { error: 'schedule.local-time' })
  .refine(isMoment, { error: 'schedule.local-time' });

/** The mildest first. */
export const RUNNING = ['finish', 'pause', 'abort'] as const;

export const Blackout = z
  .object({
    name: z.string().trim().min(1).max(100),
    /** Each week, or once. */
    when: z.union([
      z.object({ hours: Hours.refine((hours) => hours !== 'always', { error: 'schedule.always-black' }) }),
      z
        .object({ from: LocalTime, until: LocalTime })
        .refine(({ from, until }) => from < until, { error: 'schedule.backwards' }),
    ]),
    /** What becomes of work that is under way when it begins. */
    running: z.enum(RUNNING),
  })
  .meta({ id: 'Blackout' });
export type Blackout = z.infer<typeof Blackout>;

export interface Stretch {
  from: Date;
  until: Date;
  blackout: Blackout;
}

/** Those that lie in a span of time or reach into it, by when they begin. */
export function stretchesBetween(
  blackouts: readonly Blackout[],
  zone: string,
  from: Date,
  until: Date,
): Stretch[] {
  return blackouts
    .flatMap((blackout) =>
      occurrencesOf(blackout, zone, from, until).map(([begin, end]) => ({
        from: begin,
        until: end,
        blackout,
      })),
    )
    .filter((stretch) => stretch.until > from && stretch.from < until)
    .sort((left, right) => left.from.getTime() - right.from.getTime());
}

/** The first moment, from the one given on, at which something may begin. */
export function whenAllowed(stretches: readonly Stretch[], moment: Date): Date {
  let at = moment;
  for (const { from, until } of stretches) if (from <= at && at < until) at = until;
  return at;
}

function occurrencesOf({ when }: Blackout, zone: string, from: Date, until: Date): [Date, Date][] {
  if ('from' in when) return [[momentIn(zone, when.from), momentIn(zone, when.until)]];
  if (when.hours === 'always') return [[from, until]];
  const begin = dayIn(zone, from).subtract({ days: 1 });
  const last = dayIn(zone, until);
  const found: [Date, Date][] = [];
  for (let day = begin; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 }))
    for (const stretch of when.hours)
      if (stretch.day === day.dayOfWeek) found.push([at(day, stretch.from, zone), at(day, stretch.to, zone)]);
  return joined(found);
}

/** Those that touch as one: over midnight takes two. */
function joined(spans: [Date, Date][]): [Date, Date][] {
  const inOrder = spans.sort(([left], [right]) => left.getTime() - right.getTime());
  return inOrder.reduce<[Date, Date][]>((merged, [from, until]) => {
    const last = merged.at(-1);
    if (!last || from > last[1]) merged.push([from, until]);
    else if (until > last[1]) last[1] = until;
    return merged;
  }, []);
}

function at(day: Temporal.PlainDate, time: string, zone: string): Date {
  if (time === '24:00') return at(day.add({ days: 1 }), '00:00', zone);
  return momentIn(zone, `${day.toString()}T${time}`);
}

const momentIn = (zone: string, local: string) =>
  new Date(Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds);

const dayIn = (zone: string, moment: Date) =>
  Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO(zone).toPlainDate();

function isMoment(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text, { overflow: 'reject' });
    return true;
  } catch {
    return false;
  }
}
