/** One table of a document as the sheet of a workbook: dates, durations, sizes and shares are values there. */

import { columnLetters } from '#/plans/exchange/cell.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { looksLikeFormula, STYLE, type Styled, serialOf, sheet } from '#/server/exchange/workbook.ts';
import { readable, type Value, valueIn } from './marked-formats.ts';
import type { Cell, DocumentTable } from './read-tables.ts';

/** A column of the table, or what stands in small letters below one. */
interface Column {
  head: string;
  cells: Styled[];
}

/** Names the column of what stands below another. */
type Detailed = (column: string) => string;

const WIDTHS = { least: 10, most: 60 };

/** Null where nothing is told, as in a form to fill in. */
export function tableSheet(table: DocumentTable, locale: Locale, detailed: Detailed): string | null {
  const count = Math.max(table.head.length, ...table.rows.map((row) => row.length));
  const columns = Array.from({ length: count }, (_, place) => columnsAt(place, table, locale, detailed))
    .flat()
    .filter(({ cells }) => cells.some(({ written }) => written !== ''));
  if (columns.length === 0) return null;
  const hasHead = table.head.length > 0;
  const body = table.rows.map((_, row) => columns.map(({ cells }) => cells[row]!));
  const head = columns.map((column) => ({ written: column.head, style: STYLE.head }));
  return sheet({
    widths: columns.map(widthOf),
    rows: hasHead ? [head, ...body] : body,
    isFrozen: hasHead,
    after: hasHead
      ? `<autoFilter ref="A1:${columnLetters(columns.length - 1)}${table.rows.length + 1}"/>`
      : '',
  });
}

function columnsAt(
  place: number,
  { head, rows }: DocumentTable,
  locale: Locale,
  detailed: Detailed,
): Column[] {
  const name = readable(head[place]?.text ?? '');
  const at = rows.map((row) => withNoteApart(row[place] ?? { text: '', under: '', isFigure: false }));
  const isUnderAlone = at.every(({ text }) => text === '');
  return [
    { head: name, cells: at.map((cell) => styled(cell, locale)) },
    {
      head: isUnderAlone ? name : detailed(name),
      cells: at.map(({ under }) => styled({ text: under, isFigure: false }, locale)),
    },
  ];
}

/** A value with a remark behind it, as in “10 min, declared”, stays a value; the remark goes to the details. */
function withNoteApart(cell: Cell): Cell {
  const [, value, note] = /^([^\ufdd2]+\ufdd2)(?: · |, |\n)(.+)$/s.exec(cell.text) ?? [];
  if (value === undefined || note === undefined || valueIn(value) === null) return cell;
  return { ...cell, text: value, under: [note, cell.under].filter(Boolean).join('\n') };
}

function styled({ text, isFigure }: Pick<Cell, 'text' | 'isFigure'>, locale: Locale): Styled {
  const value = valueIn(text);
  if (value) return typed(value, locale);
  const read = readable(text);
  if (isFigure && /^-?\d{1,15}$/.test(read)) return { written: Number(read), style: STYLE.plain };
  return { written: read, style: looksLikeFormula(read) ? STYLE.wrappedGuarded : STYLE.wrapped };
}

function typed({ kind, value }: Value, locale: Locale): Styled {
  if (kind === 'day' || kind === 'moment') return { written: serialOf(String(value)), style: STYLE[kind] };
  if (kind === 'duration') return { written: Number(value) / 86_400, style: STYLE.duration };
  if (kind === 'bytes')
    return { written: Number(value), style: locale === 'fr' ? STYLE.octets : STYLE.bytes };
  return { written: Number(value), style: kind === 'percent' ? STYLE.percent : STYLE.plain };
}

function widthOf({ head, cells }: Column): number {
  const lines = cells.flatMap(({ written }) =>
    typeof written === 'string' ? written.split('\n') : ['2026-11-22 12:00'],
  );
  const longest = Math.max(head.length, ...lines.map((line) => line.length));
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, longest + 3));
}
