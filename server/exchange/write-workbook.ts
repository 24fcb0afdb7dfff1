/** A client as a workbook (.xlsx): a sheet for each table with lists to choose from, and one that says how to fill them in. */
import { columnLetters } from '#/plans/exchange/cell.ts';
import type { Column } from '#/plans/exchange/sheets.ts';
import { choiceWord, helpWords, sheetWord, yesWord } from '#/plans/exchange/words.ts';
import type { WrittenTable } from '#/plans/exchange/write-tables.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { cell, makeWorkbook, STYLE, type Styled, sheet } from './workbook.ts';
import { escapeXml } from './xml.ts';

/** Rows below the last that still offer their lists: people add. */
const SPARE_ROWS = 500;
const WIDTHS: Partial<Record<Column['kind'], number>> = { id: 14, text: 50, remove: 10, yes: 12, number: 12 };

type Range = string;

export function writeWorkbook(tables: WrittenTable[], locale: Locale): Buffer {
  const help = writeHelp(tables, locale);
  const sheets = [
    ...tables.map((table) => ({ name: table.name, xml: writeTable(table, help.ranges, locale) })),
    { name: sheetWord('values', locale), xml: help.xml },
  ];
  return makeWorkbook(sheets);
}

function writeTable({ columns, head, rows }: WrittenTable, ranges: Map<string, Range>, locale: Locale) {
  const last = `${columnLetters(columns.length - 1)}${rows.length + 1}`;
  return sheet({
    widths: columns.map(({ kind }) => WIDTHS[kind] ?? 24),
    rows: [head.map((text) => ({ written: text, style: STYLE.head })), ...rows.map((row) => row.map(cell))],
    isFrozen: true,
    after: `<autoFilter ref="A1:${last}"/>${validations(columns, rows.length + 1 + SPARE_ROWS, ranges, locale)}`,
  });
}

/** Lists are offered and not enforced: what is typed in another language is understood as well. */
function validations(
  columns: readonly Column[],
  lastRow: number,
  ranges: Map<string, Range>,
  locale: Locale,
): string {
  const lists = columns.flatMap((column, place) => {
    const list =
      column.kind === 'choice'
        ? ranges.get(column.words)
        : column.kind === 'yes'
          ? `"${yesWord(true, locale)},${yesWord(false, locale)}"`
          : column.kind === 'remove'
            ? '"x"'
            : null;
    if (!list) return [];
    const letters = columnLetters(place);
    return [
      `<dataValidation type="list" allowBlank="1" sqref="${letters}2:${letters}${lastRow}"><formula1>${escapeXml(list)}</formula1></dataValidation>`,
    ];
  });
  return `<dataValidations count="${lists.length}">${lists.join('')}</dataValidations>`;
}

/** How to fill in the sheets, and below it every word of every list, where the lists of the sheets are taken from. */
function writeHelp(tables: WrittenTable[], locale: Locale): { xml: string; ranges: Map<string, Range> } {
  const { title, lines, columns } = helpWords(locale);
  const name = sheetWord('values', locale).replaceAll("'", "''");
  const ranges = new Map<string, Range>();
  const rows: Styled[][] = [
    [{ written: title, style: STYLE.title }],
    ...lines.map((line) => [cell(line)]),
    [],
    columns.map((text) => ({ written: text, style: STYLE.head })),
  ];
  for (const table of tables)
    for (const [place, column] of table.columns.entries()) {
      if (column.kind !== 'choice') continue;
      ranges.set(column.words, `'${name}'!$C$${rows.length + 1}:$C$${rows.length + column.values.length}`);
      for (const value of column.values)
        rows.push([table.name, table.head[place]!, choiceWord(column.words, value, locale)].map(cell));
    }
  return { xml: sheet({ widths: [24, 30, 50], rows, isFrozen: false, after: '' }), ranges };
}
