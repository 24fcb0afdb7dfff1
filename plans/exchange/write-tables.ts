/** What a client has, as tables to write: a workbook's sheets, or one CSV file each. */
import type { Locale } from '../reports/head.ts';
import { type Known, knownRows, namesIn } from './known.ts';
import { COLUMNS, type Column, SHEETS, type SheetName } from './sheets.ts';
import { columnWord, sheetWord } from './words.ts';
import { type Written, writeCell } from './write-cell.ts';

export interface WrittenTable {
  sheet: SheetName;
  name: string;
  columns: readonly Column[];
  head: string[];
  rows: Written[][];
}

export const writeTables = (known: Known, locale: Locale): WrittenTable[] =>
  SHEETS.map((sheet) => writeTable(sheet, known, locale));

export function writeTable(sheet: SheetName, known: Known, locale: Locale): WrittenTable {
  const columns = COLUMNS[sheet];
  const nameOf = namesIn(known);
  return {
    sheet,
    name: sheetWord(sheet, locale),
    columns,
    head: columns.map((column) => columnWord(sheet, column, locale)),
    rows: knownRows(sheet, known).map(({ id, values }) =>
      columns.map((column) => {
        const value = values[column.name] ?? null;
        if (column.kind === 'id') return id;
        if (column.kind === 'remove') return null;
        if (column.kind === 'reference') return value === null ? null : nameOf(column.to, value as string);
        return writeCell(column, value, locale);
      }),
    ),
  };
}
