/** The demo's own clock: its clients have a past, told in days before today, so that it is as old on every day it is started. */

const ZONE = 'Europe/Paris';

export interface Clock {
  /** A time of the day so many days ago, or so many days later than that, where the clients are. */
  at(daysAgo: number, time?: string, later?: number): Date;
  /** That day as YYYY-MM-DD; days to come have a minus. */
  day(daysAgo: number): string;
  /** That day as a French reader writes it. */
  told(daysAgo: number): string;
}

export function clockAt(now: Date): Clock {
  const today = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(ZONE).toPlainDate();
  const date = (daysAgo: number) => workday(today.subtract({ days: daysAgo }), daysAgo);
  return {
    at: (daysAgo, time = '09:00', later = 0) =>
      new Date(
        date(daysAgo)
          .add({ days: later })
          .toZonedDateTime({ timeZone: ZONE, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds,
      ),
    day: (daysAgo) => date(daysAgo).toString(),
    told: (daysAgo) =>
      date(daysAgo).toLocaleString('fr-FR', { day: 'numeric', month: 'long', year: 'numeric' }),
  };
}

/** Nobody holds a meeting on a Sunday: what would fall on a weekend is a day earlier or later, in the same order as before. */
function workday(day: Temporal.PlainDate, daysAgo: number): Temporal.PlainDate {
  if (daysAgo < 2 && daysAgo >= 0) return day;
  if (day.dayOfWeek === 6) return day.subtract({ days: 1 });
  return day.dayOfWeek === 7 ? day.add({ days: 1 }) : day;
}
