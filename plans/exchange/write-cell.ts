/** A value as it is written into a cell: in the words of a language, with its unit. */
import { bytesText } from '../bytes.ts';
import { durationText } from '../durations.ts';
import type { Locale } from '../reports/head.ts';
import type { Value } from './read-cell.ts';
import type { Column } from './sheets.ts';
import { choiceWord, yesWord } from './words.ts';

/** What a workbook keeps as a number or a date, it keeps as such; all else is a text. */
export type Written = string | number | { day: string } | null;

const TO: Record<Locale, string> = { fr: 'au', en: 'to', nl: 'tot' };

export function writeCell(column: Column, value: Value, locale: Locale): Written {
  if (value === null) return null;
  switch (column.kind) {
    case 'number':
      return value as number;
    case 'duration':
      return durationText(value as number, locale === 'fr' ? 'j' : 'd', locale === 'nl' ? 'u' : 'h');
    case 'bytes':
      return bytesText(value as number, locale === 'fr' ? 'o' : 'B').replace(
        '.',
        locale === 'en' ? '.' : ',',
      );
    case 'day':
      return { day: value as string };
    case 'yes':
    case 'remove':
      return yesWord(value as boolean, locale);
    case 'choice':
      return choiceWord(column.words, value as string, locale);
    case 'peaks':
      return (value as { name: string; from: string; to: string }[])
        .map(({ name, from, to }) => `${name} : ${dayMonth(from)} ${TO[locale]} ${dayMonth(to)}`)
        .join(' ; ');
    default:
      return value as string;
  }
}

/** The same where only text can stand: in CSV, and beside what it was before. */
export function writtenText(written: Written): string {
  if (written === null) return '';
  return typeof written === 'object' ? written.day : String(written);
}

const dayMonth = (monthDay: string) => monthDay.split('-').reverse().join('/');
