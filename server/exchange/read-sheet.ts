/** One sheet of a workbook, as rows of cells. */
import { Refusal } from '#/plans/errors.ts';
import type { Cell, Table, TableRow } from '#/plans/exchange/cell.ts';
import { MOST_ROWS } from '#/plans/exchange/sheets.ts';
import type { Format } from './workbook-styles.ts';
import { readXml } from './xml.ts';

/** What cells point to. */
export interface Surroundings {
  strings: string[];
  formats: Format[];
  /** Days count from 1904, as once on Macintosh. */
  isFrom1904: boolean;
}

export const LAST_COLUMN = 200;
/** The largest sheet and its head. Past it, rows are counted and not kept. */
export const MOST_KEPT = Math.max(...Object.values(MOST_ROWS)) + 1;

export function readSheet(name: string, content: Buffer, around: Surroundings): Table {
  const rows: TableRow[] = [];
  const merged: string[] = [];
  let filled = 0;
  let row: TableRow = { number: 0, cells: [] };
  let column = -1;
  let kind = 'n';
  let format: Format = 'number';
  let hasFormula = false;
  let value: string | null = null;
  let isInValue = false;
  let isInText = false;
  let isPhonetic = false;

  readXml(content, {
    open(element, attribute) {
      switch (element) {
        case 'row':
          row = { number: Number(attribute('r') ?? row.number + 1), cells: [] };
          column = -1;
          break;
        case 'c':
          column = columnOf(attribute('r')) ?? column + 1;
          kind = attribute('t') ?? 'n';
          format = around.formats[Number(attribute('s') ?? 0)] ?? 'number';
          hasFormula = false;
          value = null;
          break;
        case 'f':
          hasFormula = true;
          break;
        case 'v':
          isInValue = true;
          value = '';
          break;
        case 't':
          isInText = !isPhonetic;
          value ??= '';
          break;
        case 'rPh':
          isPhonetic = true;
          break;
        case 'mergeCell':
          merged.push(attribute('ref') ?? '');
      }
    },
    text(text) {
      if (isInValue || isInText) value = (value ?? '') + text;
    },
    close(element) {
      if (element === 'v') isInValue = false;
      if (element === 't') isInText = false;
      if (element === 'rPh') isPhonetic = false;
      if (element === 'c') {
        const cell = cellOf({ kind, format, hasFormula, value }, around);
        if (cell === null) return;
        if (column >= LAST_COLUMN)
          throw new Refusal('invalid', 'exchange.too-wide', { sheet: name, most: LAST_COLUMN });
        while (row.cells.length < column) row.cells.push(null);
        row.cells[column] = cell;
      }
      if (element === 'row' && row.cells.length > 0) {
        filled += 1;
        if (filled <= MOST_KEPT) rows.push(row);
      }
    },
  });
  if (filled > MOST_KEPT)
    throw new Refusal('invalid', 'exchange.too-many-rows-in', {
      sheet: name,
      rows: filled - 1,
      most: MOST_KEPT - 1,
    });
  return { name, rows, merged };
}

function cellOf(
  {
    kind,
    format,
    hasFormula,
    value,
  }: { kind: string; format: Format; hasFormula: boolean; value: string | null },
  { strings, isFrom1904 }: Surroundings,
): Cell {
  if (value === null || value === '') return hasFormula ? { formula: true } : null;
  switch (kind) {
    case 's':
      return strings[Number(value)] || null;
    case 'str':
    case 'inlineStr':
      return unescapeText(value);
    case 'b':
      return { tick: value === '1' };
    case 'e':
      return { fault: value };
    case 'd':
      return { day: value.slice(0, 10) };
    default:
      return numberCell(Number(value), format, isFrom1904);
  }
}

function numberCell(number: number, format: Format, isFrom1904: boolean): Cell {
  if (!Number.isFinite(number)) return { fault: String(number) };
  if (format === 'clock' || (format === 'day' && number < 1 && number > 0)) {
    const minutes = Math.round(number * 1440);
    return { clock: `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}` };
  }
  const days = Math.floor(number) + (isFrom1904 ? 1462 : 0);
  // Years 1900 to 9999; beyond that it is no date, whatever its format.
  if (format !== 'day' || days < 1 || days > 2_958_465) return { number };
  return { day: new Date(Date.UTC(1899, 11, 30) + days * 86_400_000).toISOString().slice(0, 10) };
}

/** `C12` is column 2. */
function columnOf(reference: string | null): number | null {
  const [letters] = /^[A-Z]{1,3}/.exec(reference ?? '') ?? [];
  if (!letters) return null;
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** Workbooks write control characters as `_x000D_`. */
export const unescapeText = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_whole, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
