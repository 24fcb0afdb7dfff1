/** The words of a workbook in three languages. Any of them is understood, in any column, whatever its case and accents. */
import type { Locale } from '../reports/head.ts';
import { COLUMNS, type Column, SHEETS, type SheetName } from './sheets.ts';
import en from './words/en.json' with { type: 'json' };
import fr from './words/fr.json' with { type: 'json' };
import nl from './words/nl.json' with { type: 'json' };

interface Words {
  /** The first of each list is written, all are understood. */
  sheets: Record<string, string[]>;
  columns: Record<string, string[]>;
  choices: Record<string, string[]>;
  yes: string[];
  no: string[];
  help: { title: string; lines: string[]; columns: string[] };
}

const WORDS: Record<Locale, Words> = { fr, en, nl };
const ALL = Object.values(WORDS);

/** What a text is compared by: without case, accents, spaces and signs. */
export const bare = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}%]+/gu, '');

export const sheetWord = (sheet: SheetName | 'values', locale: Locale): string =>
  WORDS[locale].sheets[sheet]![0]!;

export const columnWord = (sheet: SheetName, { name }: Pick<Column, 'name'>, locale: Locale): string =>
  wordsOf(WORDS[locale], sheet, name)[0]!;

export const choiceWord = (group: string, value: string, locale: Locale): string =>
  WORDS[locale].choices[`${group}.${value}`]?.[0] ?? value;

export const yesWord = (isYes: boolean, locale: Locale): string =>
  (isYes ? WORDS[locale].yes : WORDS[locale].no)[0]!;

/** What a workbook says of how to fill it in. */
export const helpWords = (locale: Locale): Words['help'] => WORDS[locale].help;

/** The sheet that bears such a name; `values` is the one that explains the others. */
export const sheetNamed = (text: string): SheetName | 'values' | null =>
  ([...SHEETS, 'values'] as const).find((sheet) =>
    [sheet, ...ALL.flatMap(({ sheets }) => sheets[sheet]!)].some((word) => bare(word) === bare(text)),
  ) ?? null;

/** A word may stand in more than one column; what one language writes first goes before what another calls so too. */
export function columnHeaded(sheet: SheetName, text: string): Column | null {
  const wanted = bare(text);
  const bears = (words: string[]) => words.some((word) => bare(word) === wanted);
  return (
    COLUMNS[sheet].find(({ name }) =>
      bears([name, ...ALL.map((words) => wordsOf(words, sheet, name)[0]!)]),
    ) ??
    COLUMNS[sheet].find(({ name }) => bears(ALL.flatMap((words) => wordsOf(words, sheet, name)))) ??
    null
  );
}

export const choiceCalled = (group: string, values: readonly string[], text: string): string | null =>
  values.find((value) =>
    [value, ...ALL.flatMap(({ choices }) => choices[`${group}.${value}`] ?? [])].some(
      (word) => bare(word) === bare(text),
    ),
  ) ?? null;

/** Null: neither yes nor no. */
export function yesOrNo(text: string): boolean | null {
  const wanted = bare(text);
  if (ALL.some(({ yes }) => yes.includes(wanted)) || wanted === '1') return true;
  return ALL.some(({ no }) => no.includes(wanted)) || wanted === '0' ? false : null;
}

const wordsOf = ({ columns }: Words, sheet: SheetName, column: string): string[] =>
  columns[`${sheet}.${column}`] ?? columns[column] ?? [];
