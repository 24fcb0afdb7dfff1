/** Hours of work: when somebody or something is there in a week, in the local time of the client. */
import { z } from 'zod';

const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;

const Time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, { error: 'hours.time' });

/** One stretch of one day; 1 is Monday. Over midnight takes two. */
const Stretch = z
  .object({ day: z.int().min(1).max(7), from: Time, to: Time })
  .refine(({ from, to }) => from < to, { error: 'hours.backwards' });

/** `always`, or the stretches of a week. An empty list is never. */
export const Hours = z.union([z.literal('always'), z.array(Stretch).max(100)]).meta({ id: 'Hours' });
export type Hours = z.infer<typeof Hours>;

/** From and to in seconds of the week, Monday 00:00 being zero. */
type Span = [from: number, to: number];

/**
 * The longest wait from a moment in `need` until `cover` is there, in seconds: a contract of 08:00 to 18:00 on weekdays,
 * needed always, may let one wait from Friday 18:00 to Monday 08:00. Null when cover is never there.
 */
export function longestWait(cover: Hours, need: Hours): number | null {
  const open = spansOf(cover);
  const wanted = spansOf(need);
  if (open.length === 0) return wanted.length === 0 ? 0 : null;
  const waits = closedBetween(open).flatMap(([closes, opens]) =>
    wanted.flatMap(([from, to]) =>
      // The week goes round, so a need of next week may lie in a stretch that begins in this one.
      [0, WEEK_SECONDS].map((later) => {
        const begins = Math.max(closes, from + later);
        return begins < Math.min(opens, to + later) ? opens - begins : 0;
      }),
    ),
  );
  return Math.max(0, ...waits);
}

/** Whether somebody is there at a moment (ISO 8601), in the local time of a zone. */
export function isOpenAt(hours: Hours, moment: string, zone: string): boolean {
  const local = Temporal.Instant.from(moment).toZonedDateTimeISO(zone);
  const second = (local.dayOfWeek - 1) * DAY_SECONDS + local.hour * 3600 + local.minute * 60 + local.second;
  return spansOf(hours).some(([from, to]) => from <= second && second < to);
}

/** Open seconds in a week. */
export const openSeconds = (hours: Hours): number =>
  spansOf(hours).reduce((sum, [from, to]) => sum + to - from, 0);

/** In order, and those that touch as one. */
function spansOf(hours: Hours): Span[] {
  if (hours === 'always') return [[0, WEEK_SECONDS]];
  const spans = hours
    .map(({ day, from, to }): Span => [secondsOf(day, from), secondsOf(day, to)])
    .sort(([left], [right]) => left - right);
  return spans.reduce<Span[]>((merged, [from, to]) => {
    const last = merged.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
    return merged;
  }, []);
}

/** The gaps between spans, the one over the end of the week as one that ends in the next. */
function closedBetween(open: Span[]): Span[] {
  const next = [...open.slice(1).map(([from]) => from), open[0]![0] + WEEK_SECONDS];
  return open.map(([, to], index): Span => [to, next[index]!]).filter(([from, to]) => to > from);
}

function secondsOf(day: number, time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return (day - 1) * DAY_SECONDS + hours * 3600 + minutes * 60;
}
