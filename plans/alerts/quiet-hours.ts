/** When somebody may be told: not in their quiet hours, and what waits for a digest with the next one. */

export interface Quiet {
  /** Both or neither; when the second is the earlier one, the night lies between. */
  from: string | null;
  until: string | null;
  /** Saturday and Sunday, all day. */
  isQuietAtWeekends: boolean;
}

export type Pace = 'at-once' | 'daily' | 'weekly';

/** In the morning, once the night is over; a weekly one on Monday. */
const DIGEST_HOUR = 8;

/** The first moment from `now` on that is not quiet where somebody is. Clocks that change are followed as walls show them. */
export function nextLoud(now: Date, quiet: Quiet, zone: string): Date {
  let at = zoned(now, zone);
  // A night that ends into a weekend, and the weekend into a night: two of each at most.
  for (let step = 0; step < 8; step++) {
    const end = endOfQuiet(at, quiet);
    if (end === null) return step === 0 ? now : new Date(at.epochMilliseconds);
    at = end;
  }
  return new Date(at.epochMilliseconds);
}

/** When the next digest goes out where somebody is. */
export function nextDigest(now: Date, pace: Exclude<Pace, 'at-once'>, zone: string): Date {
  const here = zoned(now, zone);
  let day = here.toPlainDate();
  const inTheMorning = () => day.toZonedDateTime({ timeZone: zone, plainTime: { hour: DIGEST_HOUR } });
  while (
    (pace === 'weekly' && day.dayOfWeek !== 1) ||
    inTheMorning().epochMilliseconds <= here.epochMilliseconds
  )
    day = day.add({ days: 1 });
  return new Date(inTheMorning().epochMilliseconds);
}

/** When the quiet that it is now ends; null when it is not. */
function endOfQuiet(
  at: Temporal.ZonedDateTime,
  { from, until, isQuietAtWeekends }: Quiet,
): Temporal.ZonedDateTime | null {
  const { timeZoneId: timeZone } = at;
  if (isQuietAtWeekends && at.dayOfWeek >= 6)
    return at
      .toPlainDate()
      .add({ days: 8 - at.dayOfWeek })
      .toZonedDateTime({ timeZone });
  if (from === null || until === null) return null;
  const time = at.toPlainTime().toString({ smallestUnit: 'minute' });
  const isOverNight = from > until;
  const isQuiet = isOverNight ? time >= from || time < until : time >= from && time < until;
  if (!isQuiet) return null;
  const day = isOverNight && time >= from ? at.toPlainDate().add({ days: 1 }) : at.toPlainDate();
  const end = day.toZonedDateTime({ timeZone, plainTime: until });
  // In the hour that comes twice the quiet ends the first time.
  return end.epochMilliseconds > at.epochMilliseconds ? end : null;
}

const zoned = (now: Date, zone: string) =>
  Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(zone);
