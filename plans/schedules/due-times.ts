/**
 * When something is due. What goes by clocks on walls is due once for each local day and time: an hour that summer time
 * skips runs after it, one that comes twice runs the first time, as Debian's cron(8) does. What runs hourly or by
 * intervals goes by the time that passes.
 */
import type { Timed } from './cadence.ts';
import { fitsDay, readCron } from './cron.ts';
import { steadyShare } from './spread.ts';

/** Nothing that is due at all is due less often: 29 February, over a century without a leap year. */
const LONGEST_DAYS = 8 * 366;

interface LocalRule {
  /** Minutes of the day, in order. */
  times: number[];
  fits: (day: Temporal.PlainDate) => boolean;
  isHourly: boolean;
}

/** Due times later than a moment, one after the other. `id` tells where in its spread it lies. */
export function* dueTimes(cadence: Timed, { zone, id, after }: Place): Generator<Date> {
  if (cadence.kind === 'interval') yield* everyInterval(cadence.everySeconds, id, after);
  else
    yield* spreadBy(cadence.spreadSeconds * 1000, id, after, (from) =>
      localTimes(ruleOf(cadence), zone, from),
    );
}

interface Place {
  /** IANA name. */
  zone: string;
  id: string;
  after: Date;
}

/** At most so many. Fewer when it is due no more. */
export function nextDueTimes(cadence: Timed, place: Place, count: number): Date[] {
  return dueTimes(cadence, place).take(count).toArray();
}

function* everyInterval(seconds: number, id: string, after: Date): Generator<Date> {
  const step = seconds * 1000;
  const shift = steadyShare(id, step);
  for (let at = Math.floor((after.getTime() - shift) / step + 1) * step + shift; ; at += step)
    yield new Date(at);
}

function* spreadBy(
  spread: number,
  id: string,
  after: Date,
  timesAfter: (from: Date) => Iterable<Date>,
): Generator<Date> {
  const shift = steadyShare(id, spread);
  for (const time of timesAfter(new Date(after.getTime() - shift))) yield new Date(time.getTime() + shift);
}

function* localTimes(rule: LocalRule, zone: string, after: Date): Generator<Date> {
  let last = after.getTime();
  const begin = Temporal.Instant.fromEpochMilliseconds(last).toZonedDateTimeISO(zone).toPlainDate();
  // A day early: on a day that a zone skips, what was due comes a day late.
  let day = begin.subtract({ days: 1 });
  for (let idle = 0; idle < LONGEST_DAYS; idle++, day = day.add({ days: 1 })) {
    if (!rule.fits(day)) continue;
    for (const at of timesOf(rule, day, zone)) {
      if (at <= last) continue;
      yield new Date(at);
      last = at;
      idle = 0;
    }
  }
}

/** In order, in milliseconds of UTC. */
function timesOf(rule: LocalRule, day: Temporal.PlainDate, zone: string): number[] {
  const times = rule.times.flatMap((minute) => {
    const wall = day.toPlainDateTime({ hour: Math.floor(minute / 60), minute: minute % 60 });
    if (!rule.isHourly) return [wall.toZonedDateTime(zone, { disambiguation: 'compatible' })];
    const both = [
      wall.toZonedDateTime(zone, { disambiguation: 'earlier' }),
      wall.toZonedDateTime(zone, { disambiguation: 'later' }),
    ];
    return both.filter((at) => at.toPlainDateTime().equals(wall));
  });
  return times.map((at) => at.epochMilliseconds).sort((left, right) => left - right);
}

function ruleOf(cadence: Exclude<Timed, { kind: 'interval' }>): LocalRule {
  if (cadence.kind === 'cron') {
    const rule = readCron(cadence.expression);
    if (!rule) throw new Error('An expression on record is no cron expression.');
    return { times: rule.times, fits: (day) => fitsDay(rule, day), isHourly: rule.isHourly };
  }
  return { times: minutesOf(cadence.at), fits: fitting(cadence), isHourly: false };
}

function fitting(cadence: Exclude<Timed, { kind: 'interval' | 'cron' }>): LocalRule['fits'] {
  if (cadence.kind === 'daily') return () => true;
  if (cadence.kind === 'weekly') return (day) => cadence.days.includes(day.dayOfWeek);
  return (day) =>
    (cadence.months?.includes(day.month) ?? true) &&
    cadence.days.some(
      (wanted) => day.day === (wanted < 0 ? day.daysInMonth : Math.min(wanted, day.daysInMonth)),
    );
}

const minutesOf = (times: readonly string[]) =>
  [...new Set(times.map((time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))))].sort(
    (left, right) => left - right,
  );
