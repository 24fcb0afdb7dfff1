/** What a file would do, in words: columns by the words of the workbook, values with their units. */
import type { Refused } from '#/plans/exchange/apply.ts';
import type { DraftRow } from '#/plans/exchange/drafted.ts';
import { COLUMNS, type SheetName } from '#/plans/exchange/sheets.ts';
import { choiceWord, columnWord, sheetWord } from '#/plans/exchange/words.ts';
import { writeCell, writtenText } from '#/plans/exchange/write-cell.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { type Say, sentenceOf } from '../http/problems.ts';

export interface ToldProblem {
  where: string;
  /** Stands for the sentence, the same in every language. */
  key: string;
  detail: string;
}

export function sayProblem(problem: Refused, locale: Locale, say: Say): ToldProblem {
  if ('issue' in problem) {
    const { where, issue } = problem;
    return { where, key: 'http.invalid', detail: sentenceOf(issue, locale, say) };
  }
  const { where, key, params } = problem;
  const told = Object.entries(params).map(([name, value]) => [name, inWords(name, value, locale)]);
  return { where, key, detail: say(locale, key, Object.fromEntries(told)) };
}

/** `assets:owner,site` are columns of a sheet, `assets:*` all of them; `asset-kind:server,team` are words of a list. */
function inWords(name: string, value: string | number, locale: Locale): string | number {
  const [, group = '', list = ''] = /^([\w-]+):(.*)$/.exec(String(value)) ?? [];
  if (name === 'columns')
    return (list === '*' ? COLUMNS[group as SheetName].map((column) => column.name) : list.split(','))
      .map((column) => columnWord(group as SheetName, { name: column }, locale))
      .join(', ');
  if (name === 'choices')
    return list
      .split(',')
      .map((choice) => choiceWord(group, choice, locale))
      .join(', ');
  return value;
}

export interface ToldChange {
  sheet: string;
  where: string;
  what: DraftRow['what'];
  name: string;
  differences: { label: string; before: string; after: string }[];
}

export const sayChange = (
  { sheet, where, what, name, differences }: DraftRow,
  locale: Locale,
): ToldChange => ({
  sheet: sheetWord(sheet, locale),
  where,
  what,
  name,
  differences: differences.map(({ column: columnName, before, after }) => {
    const column = COLUMNS[sheet].find((one) => one.name === columnName)!;
    const text = (value: typeof before) => writtenText(writeCell(column, value, locale));
    return { label: columnWord(sheet, column, locale), before: text(before), after: text(after) };
  }),
});
