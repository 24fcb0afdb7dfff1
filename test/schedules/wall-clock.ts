/** Another way to the same: what clocks on walls show, asked of Intl a quarter of an hour at a time. */
const QUARTER = 900_000;
const YEARS = [Date.UTC(2025, 0, 1), Date.UTC(2028, 0, 1)] as const;

export const ZONES = Intl.supportedValuesOf('timeZone');

const clocks = new Map<string, (moment: number) => number>();

/** What a clock there shows, as if it were UTC, in milliseconds. */
function shownIn(zone: string): (moment: number) => number {
  const known = clocks.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'iso8601',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  const seen = new Map<number, number>();
  const shown = (moment: number) => {
    const before = seen.get(moment);
    if (before !== undefined) return before;
    const parts = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    );
    const found = Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
    seen.set(moment, found);
    return found;
  };
  clocks.set(zone, shown);
  return shown;
}

const offsetAt = (zone: string, moment: number) => shownIn(zone)(moment) - moment;

/** Moments in 2025 to 2027 by which the clocks of a zone have been changed, to the quarter of an hour. */
export function changesOf(zone: string): Date[] {
  const found: Date[] = [];
  const week = 7 * 86_400_000;
  for (let from: number = YEARS[0]; from < YEARS[1]; from += week)
    if (offsetAt(zone, from) !== offsetAt(zone, from + week)) found.push(narrow(zone, from, from + week));
  return found;
}

function narrow(zone: string, from: number, until: number): Date {
  if (until - from <= QUARTER) return new Date(until);
  const middle = from + Math.floor((until - from) / 2 / QUARTER) * QUARTER;
  return offsetAt(zone, from) === offsetAt(zone, middle)
    ? narrow(zone, middle, until)
    : narrow(zone, from, middle);
}

/** The moment of a local time on each local day: the first at which clocks show it, or as if they had not yet been changed. */
export function daily(zone: string, time: string, after: Date, count: number): Date[] {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const found: Date[] = [];
  const begin = Math.floor(shownIn(zone)(after.getTime()) / 86_400_000) * 86_400_000;
  for (let day = begin - 86_400_000; found.length < count; day += 86_400_000) {
    const wanted = day + (hour * 60 + minute) * 60_000;
    const at = firstShowing(zone, wanted);
    if (at > after.getTime()) found.push(new Date(at));
  }
  return found;
}

function firstShowing(zone: string, wanted: number): number {
  const shown = shownIn(zone);
  for (let at = wanted - 15 * 3_600_000; at <= wanted + 15 * 3_600_000; at += QUARTER)
    if (shown(at) === wanted) return at;
  const before = offsetAt(zone, wanted - 15 * 3_600_000);
  return wanted - before;
}
