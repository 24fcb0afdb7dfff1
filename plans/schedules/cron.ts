/** Cron expressions of five fields, as crontab(5) reads them. */
import { z } from 'zod';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  from: number;
  to: number;
  names?: readonly string[];
  /** What the first name counts as. */
  first?: number;
}

const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: MONTHS, first: 1 },
  { from: 0, to: 7, names: WEEKDAYS, first: 0 },
];

const PART = /^(\*|[a-z]{3}|\d{1,2})(?:-([a-z]{3}|\d{1,2}))?(?:\/(\d{1,2}))?$/;

export interface CronRule {
  /** Minutes of the day, in order. */
  times: number[];
  months: Set<number>;
  days: Set<number>;
  /** 1 is Monday and 7 Sunday. */
  weekdays: Set<number>;
  /** A day counts when either fits: both are given, as crontab(5) has it. */
  isEither: boolean;
  /** Runs in each hour, so that it goes by the time that passes and not by what clocks on walls show. */
  isHourly: boolean;
}

/** Null when it is none. */
export function readCron(text: string): CronRule | null {
  const typed = text.trim().toLowerCase().split(/\s+/);
  if (typed.length !== FIELDS.length) return null;
  const sets = typed.map((field, index) => readField(field, FIELDS[index]!));
  const [minutes, hours, days, months, weekdays] = sets;
  if (!minutes || !hours || !days || !months || !weekdays) return null;
  return {
    times: sorted(hours).flatMap((hour) => sorted(minutes).map((minute) => hour * 60 + minute)),
    months,
    days,
    weekdays: new Set([...weekdays].map((day) => (day === 0 ? 7 : day))),
    isEither: !typed[2]!.startsWith('*') && !typed[4]!.startsWith('*'),
    isHourly: hours.size === 24,
  };
}

export const CronExpression = z
  .string()
  .max(200)
  .refine((text) => readCron(text) !== null, { error: 'schedule.cron' })
  .describe('Minute, hour, day of the month, month, day of the week, in the local time of the client');

export function fitsDay(rule: CronRule, day: Temporal.PlainDate): boolean {
  if (!rule.months.has(day.month)) return false;
  const isDay = rule.days.has(day.day);
  const isWeekday = rule.weekdays.has(day.dayOfWeek);
  return rule.isEither ? isDay || isWeekday : isDay && isWeekday;
}

function readField(text: string, field: Field): Set<number> | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const range = readPart(part, field);
    if (!range) return null;
    for (const value of range) found.add(value);
  }
  return found;
}

/** `*`, `5`, `mon-fri`, each with a step, as in `10-50/20`. */
function readPart(part: string, field: Field): number[] | null {
  const found = PART.exec(part);
  if (!found) return null;
  const [, begin, end, by] = found;
  const isAll = begin === '*';
  if (isAll && end !== undefined) return null;
  const step = by === undefined ? 1 : Number(by);
  const from = isAll ? field.from : numberOf(begin!, field);
  // A lone value with a step runs on to the end of the field.
  const to =
    isAll || (end === undefined && by !== undefined) ? lastOf(field) : numberOf(end ?? begin!, field);
  if (from === null || to === null || from > to || step < 1) return null;
  return Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);
}

function numberOf(text: string, { from, to, names, first = 0 }: Field): number | null {
  const named = names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + first : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : null;
}

/** Sunday is 0 and 7, and stars mean each day once. */
const lastOf = ({ to }: Field) => (to === 7 ? 6 : to);

const sorted = (numbers: Set<number>) => [...numbers].sort((left, right) => left - right);
