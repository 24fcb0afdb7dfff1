/** A table as CSV that spreadsheets open, and in which no text becomes a formula. */
import { type Written, writtenText } from '#/plans/exchange/write-cell.ts';
import type { WrittenTable } from '#/plans/exchange/write-tables.ts';

export interface CsvStyle {
  separator: ';' | ',';
  /** Excel takes a file for UTF-8 only when it begins with a byte order mark. */
  hasMark: boolean;
}

export function writeCsv({ head, rows }: Pick<WrittenTable, 'head' | 'rows'>, style: CsvStyle): Buffer {
  const lines = [head, ...rows].map((cells) => cells.map((cell) => field(cell, style)).join(style.separator));
  return Buffer.from(`${style.hasMark ? '\ufeff' : ''}${lines.map((line) => `${line}\r\n`).join('')}`);
}

function field(written: Written, { separator }: CsvStyle): string {
  const text = typeof written === 'string' ? guarded(written) : writtenText(written);
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A spreadsheet takes a text with such a first sign for a formula. Reading takes the apostrophe away again. */
const guarded = (text: string): string => (/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
