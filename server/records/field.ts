/** Fields of a record: how each is asked for in a form, read back from it, and shown. */
import { z } from 'zod';
import { bytesFrom, bytesText } from '#/plans/bytes.ts';
import type { Choice, ChoiceList } from '#/plans/choices.ts';
import { durationText, secondsFrom } from '#/plans/durations.ts';
import type { Hours } from '#/plans/hours.ts';
import type { Typed } from '../http/route.ts';

interface Named {
  name: string;
  optional?: boolean;
  /** Asked when a record is added; told and not asked from then on. */
  once?: boolean;
}

/** What the record shows by itself, what somebody says, what needs somebody, what is not there, and what goes on. */
export type Tone = 'proof' | 'declared' | 'warning' | 'danger' | 'open' | 'moving';

export type Field =
  /** `suggest`: in a row, lists whose names are offered while one types. */
  | (Named & { kind: 'line' | 'text'; max?: number; rows?: number; suggest?: ChoiceList[] })
  /** `words` is the group of keys that says each value. */
  | (Named & {
      kind: 'choice';
      values: readonly string[];
      words: string;
      /** How values are told that should catch the eye, or be recognised at once. */
      tones?: Partial<Record<string, Tone>>;
    })
  /** Ticks beside each other, any number of them. */
  | (Named & { kind: 'choices'; values: readonly string[]; words: string })
  /** `tone`: of a tick that is set. */
  | (Named & { kind: 'tick'; tone?: Tone })
  | (Named & {
      kind: 'duration' | 'number' | 'date' | 'month-day' | 'moment' | 'hours' | 'lines' | 'bytes' | 'money';
    })
  /** `only`: what may be chosen here, when that is not the whole list. */
  | (Named & { kind: 'reference' | 'references'; to: ChoiceList; only?: string[] })
  /** One of what the form itself brings along. */
  | (Named & { kind: 'among'; among: readonly Choice[] })
  /** A table in the form: each row has these fields; three empty ones are always there for more. */
  | (Named & { kind: 'rows'; fields: Field[] });

/** A form is read by its fields, and not by a schema of its own: what it sends arrives as it was typed. */
export const AsTyped = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

export type FieldKind = Field['kind'];

export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export const MOST_ROWS = 500;

/**
 * What a form sent, as the JSON that the noun's schema takes. What cannot be read goes on as it was typed, to be refused.
 * Moments are typed in the client's zone.
 */
export function readForm(fields: Field[], typed: Typed, zone: string, prefix = ''): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => [field.name, readField(field, typed, zone, prefix + field.name)]),
  );
}

function readField(field: Field, typed: Typed, zone: string, key: string): unknown {
  const value = typed[key];
  const text = (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).replaceAll('\r\n', '\n');
  switch (field.kind) {
    case 'tick':
      return value !== undefined && text !== '';
    // What was not asked for takes its default; what was asked for and left open is refused.
    case 'choice':
      return value === undefined ? undefined : text || null;
    case 'rows':
      return readRows(field.fields, typed, zone, key);
    case 'hours':
      return readHours(typed, key);
    case 'choices':
    case 'references':
      return (Array.isArray(value) ? value : [text]).filter((one) => one !== '');
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'duration':
      return text.trim() === '' ? null : (secondsFrom(text) ?? text);
    case 'bytes':
      return text.trim() === '' ? null : (bytesFrom(text) ?? text);
    case 'number':
    case 'money':
      return text.trim() === '' ? null : numberFrom(text);
    case 'moment':
      return text.trim() === '' ? null : momentFrom(text, zone);
    case 'month-day':
      return text.trim() === '' ? null : monthDayFrom(text);
    default:
      return text.trim() === '' ? null : text;
  }
}

function momentFrom(text: string, zone: string): string {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).toInstant().toString();
  } catch {
    return text;
  }
}

/** A day of any year is typed day first, `15/12`, and kept month first. */
function monthDayFrom(text: string): string {
  const found = /^(\d{1,2})(?:\s{0,9}[/.-]\s{0,9}|\s{1,9})(\d{1,2})$/.exec(text.trim());
  return found ? `${found[2]!.padStart(2, '0')}-${found[1]!.padStart(2, '0')}` : text;
}

/** A comma for a point, and spaces between thousands, as people type them. */
function numberFrom(text: string): number | string {
  const plain = text.replace(/[\s\u00a0\u202f]/g, '').replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text;
}

const readRows = (fields: Field[], typed: Typed, zone: string, key: string): Record<string, unknown>[] =>
  placesOf(fields, typed, key).map((place) => ({
    ...(typeof typed[`${key}.${place}.id`] === 'string' && { id: typed[`${key}.${place}.id`] }),
    ...readForm(fields, typed, zone, `${key}.${place}.`),
  }));

/** Places of the rows in which something was typed, in order. */
function placesOf(fields: Field[], typed: Typed, key: string): number[] {
  const places = new Set(
    Object.keys(typed)
      .filter((name) => name.startsWith(`${key}.`))
      .map((name) => Number(name.slice(key.length + 1).split('.')[0]))
      .filter((place) => Number.isInteger(place) && place >= 0 && place < MOST_ROWS),
  );
  return [...places]
    .sort((left, right) => left - right)
    .filter((place) => !isBlank(fields, typed, `${key}.${place}.`));
}

/** The same form with its blank rows closed up, so that an error names the row in which it stands. */
export function closeRows(fields: Field[], typed: Typed): Typed {
  const closed: Typed = { ...typed };
  for (const field of fields) {
    if (field.kind !== 'rows') continue;
    const key = `${field.name}.`;
    for (const name of Object.keys(closed)) if (name.startsWith(key)) delete closed[name];
    for (const [row, place] of placesOf(field.fields, typed, field.name).entries())
      for (const [name, value] of Object.entries(typed))
        if (name.startsWith(`${key}${place}.`))
          closed[`${key}${row}${name.slice(`${key}${place}`.length)}`] = value;
  }
  return closed;
}

/** A row in which nobody typed anything; what is chosen or ticked to begin with does not count. */
const isBlank = (fields: Field[], typed: Typed, prefix: string): boolean =>
  fields
    .filter(({ kind }) => kind !== 'tick' && kind !== 'choice')
    .every(({ name }) => String(typed[prefix + name] ?? '').trim() === '');

function readHours(typed: Typed, key: string): Hours | string {
  if (typed[`${key}.always`] !== undefined) return 'always';
  const stretches = DAYS.flatMap((day) =>
    String(typed[`${key}.${day}`] ?? '')
      .split(/[,;]/)
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text) => {
        const [from = '', to = ''] = text.split(/[-–—]/).map(clock);
        return { day, from, to };
      }),
  );
  return stretches;
}

/** `8`, `8h`, `8h30`, `8:30` and `08:30` are all a time of day. */
function clock(typed: string): string {
  const text = typed.trim();
  const found = /^(\d{1,2})\s{0,3}[h:u.]?\s{0,3}(\d{2})?$/i.exec(text);
  return found ? `${found[1]!.padStart(2, '0')}:${found[2] ?? '00'}` : text;
}

/** How moments and durations are written in a form. */
export interface Writing {
  zone: string;
  /** Letters of a day, of an hour unless it is h, and of a byte. */
  day: 'd' | 'j';
  hour?: 'h' | 'u';
  byte: 'B' | 'o';
}

/** What a form starts with, so that it says what is recorded: the opposite of `readForm`. */
export function fillForm(
  fields: Field[],
  recorded: Record<string, unknown>,
  writing: Writing,
  prefix = '',
): Typed {
  return Object.assign(
    {},
    ...fields.map((field) => fillField(field, recorded[field.name], writing, prefix + field.name)),
  );
}

function fillField(field: Field, value: unknown, writing: Writing, key: string): Typed {
  if (value === null || value === undefined) return {};
  switch (field.kind) {
    case 'tick':
      return value ? { [key]: 'on' } : {};
    case 'duration':
      return { [key]: durationText(Number(value), writing.day, writing.hour) };
    case 'bytes':
      return { [key]: bytesText(Number(value), writing.byte) };
    case 'reference':
      return { [key]: chosenBy(value) };
    case 'lines':
      return { [key]: (value as string[]).join('\n') };
    case 'choices':
    case 'references':
      return { [key]: (value as (string | number)[]).map(String) };
    case 'hours':
      return fillHours(value as Hours, key);
    case 'moment':
      return { [key]: localMoment(String(value), writing.zone) };
    case 'month-day':
      return { [key]: String(value).split('-').toReversed().join('/') };
    case 'rows':
      return Object.assign(
        {},
        ...(value as Record<string, unknown>[]).map((row, place) => ({
          ...(typeof row.id === 'string' && { [`${key}.${place}.id`]: row.id }),
          ...fillForm(field.fields, row, writing, `${key}.${place}.`),
        })),
      );
    default:
      return { [key]: String(value) };
  }
}

/** What a reference is chosen by: its id, or `kind:id` where things of several kinds may be meant. */
export const chosenBy = (value: unknown): string =>
  typeof value === 'object' && value !== null && 'kind' in value && 'id' in value
    ? `${value.kind}:${value.id}`
    : String(value);

const localMoment = (moment: string, zone: string) =>
  Temporal.Instant.from(moment)
    .toZonedDateTimeISO(zone)
    .toPlainDateTime()
    .toString({ smallestUnit: 'minute' });

function fillHours(hours: Hours, key: string): Typed {
  if (hours === 'always') return { [`${key}.always`]: 'on' };
  const byDay = Map.groupBy(hours, ({ day }) => day);
  return Object.fromEntries(
    [...byDay].map(([day, stretches]) => [
      `${key}.${day}`,
      stretches.map(({ from, to }) => `${from}-${to}`).join(', '),
    ]),
  );
}
