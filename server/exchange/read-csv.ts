/** A CSV file as a table, as spreadsheets of any country write it: `;`, `,` or tabs, UTF-8, UTF-16 or Windows-1252. */
import { Refusal } from '#/plans/errors.ts';
import type { Table, TableRow } from '#/plans/exchange/cell.ts';
import { sheetNamed } from '#/plans/exchange/words.ts';
import { LAST_COLUMN, MOST_KEPT } from './read-sheet.ts';

/** The name of the file says which sheet it is, if it is the name of one. */
export function readCsv(fileName: string, file: Buffer): Table {
  const text = decode(file);
  const [declared = '', separator = separatorOf(text)] = /^sep=(.)\r?\n/.exec(text) ?? [];
  const title = fileName.replace(/\.[^.]*$/, '');
  return {
    name: sheetNamed(title) ? title : null,
    rows: readRows(text, declared.length, separator),
    merged: [],
  };
}

function decode(file: Buffer): string {
  const isWide = file[0] === 0xff && file[1] === 0xfe;
  if (!isWide && file.includes(0)) throw new Refusal('invalid', 'exchange.no-text');
  try {
    return new TextDecoder(isWide ? 'utf-16le' : 'utf-8', { fatal: true }).decode(file);
  } catch {
    // Excel on Windows writes CSV in the code page of Western Europe.
    return new TextDecoder('windows-1252').decode(file);
  }
}

/** The one that stands most often in the head, outside quotes. */
function separatorOf(text: string): string {
  const head = text
    .slice(0, 20_000)
    .replace(/"[^"]*"/g, '')
    .split('\n')[0]!;
  const count = (sign: string) => head.split(sign).length;
  return [';', ',', '\t'].toSorted((left, right) => count(right) - count(left))[0]!;
}

function readRows(text: string, from: number, separator: string): TableRow[] {
  const rows: TableRow[] = [];
  let cells: string[] = [];
  // Rows count as a spreadsheet shows them: that which names the separator is not among them.
  let number = 1;
  let filled = 0;
  const endRow = () => {
    if (cells.some((cell) => cell !== '')) {
      filled += 1;
      if (filled <= MOST_KEPT) rows.push({ number, cells });
    }
    cells = [];
    number += 1;
  };
  for (let at = from; at < text.length; ) {
    const cell = readCell(text, at, separator, number);
    if (cells.length >= LAST_COLUMN && cell.text !== '')
      throw new Refusal('invalid', 'exchange.too-wide', { sheet: `${number}`, most: LAST_COLUMN });
    cells.push(cell.text);
    at = cell.end + 1;
    const isLast = text[cell.end] !== separator;
    if (isLast) endRow();
    else if (at === text.length) endRow();
  }
  if (filled > MOST_KEPT)
    throw new Refusal('invalid', 'exchange.too-many-rows-in', {
      sheet: 'CSV',
      rows: filled - 1,
      most: MOST_KEPT - 1,
    });
  return rows;
}

/** One cell, and where the sign stands that ends it: a separator, the end of a line, or the end of all. */
function readCell(text: string, from: number, separator: string, row: number): { text: string; end: number } {
  if (text[from] !== '"') {
    let end = from;
    while (end < text.length && text[end] !== separator && text[end] !== '\n') end += 1;
    return { text: unguarded(text.slice(from, end).replace(/\r$/, '')), end };
  }
  let at = from + 1;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1) throw new Refusal('invalid', 'exchange.open-quote', { row });
    if (text[quote + 1] !== '"') {
      let end = quote + 1;
      if (text[end] === '\r') end += 1;
      if (end < text.length && text[end] !== separator && text[end] !== '\n')
        throw new Refusal('invalid', 'exchange.open-quote', { row });
      return { text: unguarded(text.slice(from + 1, quote).replaceAll('""', '"')), end };
    }
    at = quote + 2;
  }
}

/** What keeps a spreadsheet from taking a text for a formula is not part of the text: see `write-csv.ts`. */
const unguarded = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text);
