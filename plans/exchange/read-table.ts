/** A table as rows of values: its head tells what each column holds, whatever the order, case and language. */
import {
  type Cell,
  columnLetters,
  isBlank,
  type Problem,
  placeOf,
  type Table,
  type TableRow,
} from './cell.ts';
import { readCell, type Value } from './read-cell.ts';
import { COLUMNS, type Column, MOST_ROWS, SHEETS, type SheetName } from './sheets.ts';
import { columnHeaded, sheetNamed } from './words.ts';

/** One row, read: only the columns that the table has. */
export interface ReadRow {
  where: string;
  values: Record<string, Value>;
  /** Where each value stands. */
  places: Record<string, string>;
  isRemoved: boolean;
  /** Every cell of it could be read. */
  isSound: boolean;
}

export interface ReadSheet {
  sheet: SheetName;
  rows: ReadRow[];
}

export interface ReadTables {
  sheets: ReadSheet[];
  problems: Problem[];
}

/** So many are told; who has more has to begin with these. */
const MOST_PROBLEMS = 200;

export function readTables(tables: Table[]): ReadTables {
  const problems: Problem[] = [];
  const sheets = new Map<SheetName, ReadRow[]>();
  for (const table of tables) {
    if (table.rows.every(({ cells }) => cells.every(isBlank))) continue;
    const sheet = sheetOf(table, tables.length);
    if (sheet === 'values') continue;
    if (sheet === null) problems.push(unknownSheet(table));
    else if (sheets.has(sheet))
      problems.push({ where: table.name ?? '', key: 'exchange.sheet-twice', params: {} });
    else sheets.set(sheet, readTable(table, sheet, problems));
  }
  return {
    sheets: SHEETS.flatMap((sheet) => (sheets.has(sheet) ? [{ sheet, rows: sheets.get(sheet)! }] : [])),
    problems: problems.slice(0, MOST_PROBLEMS),
  };
}

/** A table that stands alone may be called anything: its head tells which it is. */
function sheetOf(table: Table, count: number): SheetName | 'values' | null {
  const named = table.name === null ? null : sheetNamed(table.name);
  if (named || count > 1) return named;
  const head = headOf(table)?.cells ?? [];
  const texts = head.filter((cell): cell is string => typeof cell === 'string' && cell.trim() !== '');
  const fits = SHEETS.filter((sheet) => {
    const found = new Set(texts.map((text) => columnHeaded(sheet, text)?.name));
    return COLUMNS[sheet].every(({ name, isNeeded }) => !isNeeded || found.has(name));
  });
  const known = (sheet: SheetName) => texts.filter((text) => columnHeaded(sheet, text)).length;
  const best = Math.max(0, ...fits.map(known));
  const winners = fits.filter((sheet) => known(sheet) === best);
  return winners.length === 1 ? winners[0]! : null;
}

const unknownSheet = ({ name }: Table): Problem =>
  name === null
    ? { where: '1', key: 'exchange.which-sheet', params: {} }
    : { where: name, key: 'exchange.unknown-sheet', params: { name } };

const headOf = ({ rows }: Table): TableRow | undefined => rows.find(({ cells }) => !cells.every(isBlank));

function readTable(table: Table, sheet: SheetName, problems: Problem[]): ReadRow[] {
  for (const range of table.merged)
    problems.push({ where: `${table.name}!${range}`, key: 'exchange.merged', params: {} });
  const head = headOf(table)!;
  const columns = readHead(table, sheet, head, problems);
  const rows = table.rows.filter((row) => row.number > head.number && !row.cells.every(isBlank));
  if (rows.length > MOST_ROWS[sheet]) {
    const where = table.name ?? placeOf(table, head);
    problems.push({
      where,
      key: 'exchange.too-many-rows',
      params: { rows: rows.length, most: MOST_ROWS[sheet] },
    });
    return [];
  }
  return rows.map((row) => readRow(table, sheet, row, columns, problems));
}

/** Which column of the table holds what. */
function readHead(table: Table, sheet: SheetName, head: TableRow, problems: Problem[]): Map<number, Column> {
  const columns = new Map<number, Column>();
  for (const [place, cell] of head.cells.entries()) {
    const where = placeOf(table, head, place);
    if (isBlank(cell)) {
      if (table.rows.some(({ cells }) => !isBlank(cells[place])))
        problems.push({ where, key: 'exchange.no-heading', params: { column: columnLetters(place) } });
      continue;
    }
    const text = headingText(cell);
    const column = columnHeaded(sheet, text);
    if (!column)
      problems.push({ where, key: 'exchange.unknown-heading', params: { text, columns: `${sheet}:*` } });
    else if ([...columns.values()].some(({ name }) => name === column.name))
      problems.push({ where, key: 'exchange.heading-twice', params: { text } });
    else columns.set(place, column);
  }
  const present = new Set([...columns.values()].map(({ name }) => name));
  // Rows that bear their identifier may come with a few columns only.
  const lacking = COLUMNS[sheet].filter(({ name, isNeeded }) => isNeeded && !present.has(name));
  if (lacking.length > 0 && !present.has('id'))
    problems.push({
      where: placeOf(table, head),
      key: 'exchange.lacking-headings',
      params: { columns: `${sheet}:${lacking.map(({ name }) => name).join(',')}` },
    });
  return columns;
}

const headingText = (cell: Cell | undefined): string =>
  typeof cell === 'string' ? cell.trim() : JSON.stringify(cell ?? '');

function readRow(
  table: Table,
  sheet: SheetName,
  row: TableRow,
  columns: Map<number, Column>,
  problems: Problem[],
): ReadRow {
  const values: ReadRow['values'] = {};
  const places: ReadRow['places'] = {};
  const found: Problem[] = [];
  for (const [place, column] of columns) {
    const cell = row.cells[place] ?? null;
    const where = placeOf(table, row, place);
    const reading = readCell(column, cell);
    places[column.name] = where;
    if ('value' in reading) values[column.name] = reading.value;
    else found.push({ where, key: reading.key, params: reading.params });
  }
  const isRemoved = values.remove === true;
  const isNew = !values.id;
  if (!isRemoved)
    for (const [place, column] of columns)
      if (column.isNeeded && values[column.name] === null)
        found.push({ where: placeOf(table, row, place), key: 'exchange.empty', params: {} });
  if (!isRemoved && isNew && found.length === 0)
    for (const { name, isNeeded } of COLUMNS[sheet])
      if (isNeeded && !(name in values))
        found.push({
          where: placeOf(table, row),
          key: 'exchange.lacks',
          params: { columns: `${sheet}:${name}` },
        });
  problems.push(...found);
  return { where: placeOf(table, row), values, places, isRemoved, isSound: found.length === 0 };
}
