/** The demo's own clock: its clients have a past, told in days before today, so that it is as old on every day it is started. */

const ZONE = 'Europe/Paris';

export interface Clock {
  /** A time of the day so many days ago, where the clients are. */
  at(daysAgo: number, time?: string): Date;
  /** That day as YYYY-MM-DD; days to come have a minus. */
  day(daysAgo: number): string;
  /** That day as a French reader writes it. */
  told(daysAgo: number): string;
}

export function clockAt(now: Date): Clock {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(ZONE).toPlainDate();
  const date = (daysAgo: number) => today.subtract({ days: daysAgo });
  return {
    at: (daysAgo, time = '09:00') =>
      new Date(
        date(daysAgo).toZonedDateTime({ timeZone: ZONE, plainTime: Temporal.PlainTime.from(time) })
          .epochMilliseconds,
      ),
    day: (daysAgo) => date(daysAgo).toString(),
    told: (daysAgo) =>
      date(daysAgo).toLocaleString('fr-FR', { day: 'numeric', month: 'long', year: 'numeric' }),
  };
}
