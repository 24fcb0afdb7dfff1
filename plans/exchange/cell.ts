/** Tables as they come in, from a workbook, a CSV file or another program: what stands in each cell, and where. */

/** A text, nothing, or what a workbook says of a cell beyond its text. */
export type Cell =
  | string
  | null
  | { number: number }
  | { tick: boolean }
  /** A cell that is formatted as a date; `day` is ISO 8601. */
  | { day: string }
  /** A cell that is formatted as a time of day or a lapse of time, which nobody can tell apart. */
  | { clock: string }
  /** A formula whose result the file does not hold. */
  | { formula: true }
  /** What a spreadsheet says instead of a result: `#REF!`. */
  | { fault: string };

export interface TableRow {
  /** As the spreadsheet counts: the first is 1. */
  number: number;
  cells: Cell[];
  /** What to call it where it has no place in a spreadsheet, for example `applications/12`. */
  place?: string;
}

export interface Table {
  /** Name of its sheet; null for a CSV file. */
  name: string | null;
  rows: TableRow[];
  /** Cells that are merged, for example `A2:A4`. */
  merged: string[];
}

/** Something that is wrong with what was sent: where, and the sentence of it. */
export interface Problem {
  where: string;
  key: string;
  params: Record<string, string | number>;
}

/** `0` is A, `26` is AA. */
export function columnLetters(column: number): string {
  const rest = Math.floor(column / 26);
  return (rest > 0 ? columnLetters(rest - 1) : '') + String.fromCharCode(65 + (column % 26));
}

export const isBlank = (cell: Cell | undefined): boolean =>
  cell === undefined || cell === null || (typeof cell === 'string' && cell.trim() === '');

/** How a cell is called: `Actifs!C12`; a row, where no column is given. */
export function placeOf(
  { name }: Pick<Table, 'name'>,
  row: Pick<TableRow, 'number' | 'place'>,
  column?: number,
) {
  if (row.place !== undefined) return row.place;
  const own = column === undefined ? `${row.number}` : `${columnLetters(column)}${row.number}`;
  return name === null ? own : `${name}!${own}`;
}
