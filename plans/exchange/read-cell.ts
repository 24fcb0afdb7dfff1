/** What a cell says, by what its column holds. What nobody can tell for sure is refused, with what to write instead. */
import { bytesFrom } from '../bytes.ts';
import { secondsFrom } from '../durations.ts';
import { type Cell, isBlank } from './cell.ts';
import type { Column } from './sheets.ts';
import { choiceCalled, yesOrNo } from './words.ts';

export type Value = string | number | boolean | null | { name: string; from: string; to: string }[];

/** A value, or the sentence of what is wrong with it. */
export type Reading = { value: Value } | { key: string; params: Record<string, string | number> };

const refuse = (key: string, params: Record<string, string | number> = {}): Reading => ({ key, params });

/** Days between the day 0 of spreadsheets and that of ours; the plausible ones are of 1950 to 2150. */
const DAY_ZERO = Date.UTC(1899, 11, 30);
const PLAUSIBLE = { from: 18_264, to: 91_312 };

export function readCell(column: Column, cell: Cell): Reading {
  if (isBlank(cell)) return { value: column.kind === 'yes' || column.kind === 'remove' ? false : null };
  if (typeof cell !== 'string' && cell !== null) {
    if ('formula' in cell) return refuse('exchange.formula-without-result');
    if ('fault' in cell) return refuse('exchange.cell-fault', { text: cell.fault });
    if ('clock' in cell)
      return column.kind === 'duration'
        ? refuse('exchange.clock-for-duration', { text: cell.clock })
        : refuse('exchange.clock', { text: cell.clock });
    if ('day' in cell)
      return column.kind === 'day' ? { value: cell.day } : refuse('exchange.day-for-text', { day: cell.day });
  }
  switch (column.kind) {
    case 'number':
      return readNumber(cell);
    case 'duration':
      return readMeasure(cell, secondsFrom, 'exchange.not-a-duration');
    case 'bytes':
      return readMeasure(cell, bytesFrom, 'exchange.not-a-size');
    case 'day':
      return readDay(cell);
    case 'yes':
    case 'remove':
      return readYes(cell);
    case 'choice':
      return readChoice(column, textOf(cell));
    case 'peaks':
      return readPeaks(textOf(cell));
    case 'id':
      return readId(textOf(cell));
    default:
      return { value: textOf(cell) };
  }
}

/** Numbers and ticks where a text is asked for are the text of them: a site may be called 21. */
function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell.replaceAll('\r\n', '\n').trim();
  if (cell !== null && 'number' in cell) return String(cell.number);
  if (cell !== null && 'tick' in cell) return cell.tick ? 'true' : 'false';
  return '';
}

function readNumber(cell: Cell): Reading {
  if (cell !== null && typeof cell !== 'string' && 'number' in cell) return { value: cell.number };
  const text = textOf(cell);
  const plain = text
    .replace(/[\s\u00a0\u202f]/g, '')
    .replace(/%$/, '')
    .replace(',', '.');
  return /^-?\d+(\.\d+)?$/.test(plain) ? { value: Number(plain) } : refuse('exchange.not-a-number', { text });
}

/** A number alone says nothing of its unit: 4 what? */
function readMeasure(cell: Cell, read: (text: string) => number | null, key: string): Reading {
  const text = textOf(cell);
  const value = read(text);
  return value === null ? refuse(key, { text }) : { value };
}

function readDay(cell: Cell): Reading {
  if (cell !== null && typeof cell !== 'string' && 'number' in cell) {
    const { number } = cell;
    const isPlausible = Number.isInteger(number) && number >= PLAUSIBLE.from && number <= PLAUSIBLE.to;
    return isPlausible
      ? refuse('exchange.number-for-day', {
          number,
          day: new Date(DAY_ZERO + number * 86_400_000).toISOString().slice(0, 10),
        })
      : refuse('exchange.not-a-day', { text: String(number) });
  }
  const text = textOf(cell);
  const day = dayFrom(text);
  return day === null ? refuse('exchange.not-a-day', { text }) : { value: day };
}

/** `2027-12-31`, or the day first: `31/12/2027`. */
function dayFrom(text: string): string | null {
  const [, iso] = /^(\d{4}-\d{2}-\d{2})$/.exec(text) ?? [];
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(text) ?? [];
  const written = iso ?? (year ? `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}` : '');
  const moment = new Date(`${written}T00:00:00Z`);
  return Number.isNaN(moment.getTime()) || moment.toISOString().slice(0, 10) !== written ? null : written;
}

function readYes(cell: Cell): Reading {
  if (cell !== null && typeof cell !== 'string' && 'tick' in cell) return { value: cell.tick };
  const text = textOf(cell);
  const value = yesOrNo(text);
  return value === null ? refuse('exchange.not-yes-or-no', { text }) : { value };
}

function readChoice({ values, words }: Column & { kind: 'choice' }, text: string): Reading {
  const value = choiceCalled(words, values, text);
  return value === null
    ? refuse('exchange.not-a-choice', { text, choices: `${words}:${values.join(',')}` })
    : { value };
}

function readId(text: string): Reading {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
    ? { value: text.toLowerCase() }
    : refuse('exchange.not-an-id', { text });
}

const PERIOD = /^(\d{1,2})\/(\d{1,2})\s{0,9}(?:-|–|au|to|tot|t\/m)\s{0,9}(\d{1,2})\/(\d{1,2})$/i;

/** `Clôture : 15/12 au 15/01 ; Soldes : 10/06 au 25/06` */
function readPeaks(text: string): Reading {
  // A name may hold a semicolon; what ends a period comes after its last day.
  const pieces = text.split(/(?<=\/\d{1,2})\s*[;\n]/).map((piece) => piece.trim());
  const peaks = pieces.filter(Boolean).map((piece) => {
    // A name may hold a colon; a period holds none.
    const colon = piece.lastIndexOf(':');
    const name = piece.slice(0, Math.max(0, colon)).trim();
    const found = PERIOD.exec(piece.slice(colon + 1).trim());
    if (!found || name === '' || name.includes('\n')) return null;
    const [, fromDay, fromMonth, toDay, toMonth] = found as unknown as [string, ...string[]];
    return { name, from: monthDay(fromMonth!, fromDay!), to: monthDay(toMonth!, toDay!) };
  });
  return peaks.every((peak) => peak !== null) ? { value: peaks } : refuse('exchange.not-peaks', { text });
}

const monthDay = (month: string, day: string) => `${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
