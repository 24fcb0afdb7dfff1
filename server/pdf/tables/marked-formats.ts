/** Formats that write as all others do, with the value itself in front, between signs that stand in no text: so a table can be read back. */
import type { Locale } from '#/plans/reports/head.ts';
import { type Formats, formatsOf } from '#/server/formats.ts';

/** What a cell says beside its text. Days and moments are as a clock on the wall shows them. */
export interface Value {
  kind: 'day' | 'moment' | 'duration' | 'percent' | 'bytes' | 'number';
  value: string | number;
}

// Unicode keeps these for a program's own use: no text holds them, and `withoutMarks` makes sure of it.
const [BEGIN, THEN, END] = ['\ufdd0', '\ufdd1', '\ufdd2'];
const MARKS = /[\ufdd0-\ufdd2]/g;
const MARKED = /\ufdd0([a-z]+):([^\ufdd1]*)\ufdd1([^\ufdd2]*)\ufdd2/g;
const ALONE = /^\ufdd0([a-z]+):([^\ufdd1]*)\ufdd1[^\ufdd2]*\ufdd2$/;

export const withoutMarks = (text: string): string => text.replace(MARKS, '');

/** A text as people read it. */
export const readable = (text: string): string => withoutMarks(text.replace(MARKED, '$3'));

/** What a text stands for when it is a value and nothing else. */
export function valueIn(text: string): Value | null {
  const [, kind, told] = ALONE.exec(text) ?? [];
  if (kind === undefined || told === undefined) return null;
  if (kind === 'day' || kind === 'moment') return { kind, value: told };
  return { kind: kind as Value['kind'], value: Number(told) };
}

export function markedFormats(locale: Locale, timeZone = 'Europe/Paris'): Formats {
  const formats = formatsOf(locale, timeZone);
  const local = (when: string | Date) =>
    Temporal.Instant.fromEpochMilliseconds(new Date(when).getTime())
      .toZonedDateTimeISO(timeZone)
      .toPlainDateTime();
  return {
    ...formats,
    date: (when) => marked('day', local(when).toPlainDate(), formats.date(when)),
    day: (when) => marked('day', when, formats.day(when)),
    dateTime: (when) => marked('moment', local(when).round('second'), formats.dateTime(when)),
    number: (value) => marked('number', value, formats.number(value)),
    percent: (share) => marked('percent', share, formats.percent(share)),
    duration: (seconds) => marked('duration', seconds, formats.duration(seconds)),
    bytes: (count) => marked('bytes', count, formats.bytes(count)),
  };
}

const marked = (kind: Value['kind'], value: { toString(): string }, text: string) =>
  `${BEGIN}${kind}:${value}${THEN}${text}${END}`;
