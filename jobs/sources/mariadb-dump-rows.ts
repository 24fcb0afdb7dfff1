/**
 * Counts the rows of each table in a dump while it passes by: there is no other way to know them of the very moment that
 * was dumped, since these servers cannot share a snapshot between two sessions.
 */
import { Transform, type TransformCallback } from 'node:stream';

// A name in backticks. Written so that no name, however odd, makes it slow.
const NAME = '`([^`]*(?:``[^`]*)*)`';
const CREATE = new RegExp(`^CREATE TABLE (?:IF NOT EXISTS )?${NAME} $`);
const INSERT = new RegExp(`^INSERT INTO ${NAME} (VALUES)?\\s*$`);
const LAST_LINE = /^-- Dump completed/;
/** How lines begin that are no statements: comments, orders to the client, and the one with which newer dumps begin. */
const LINE = /^(--|DELIMITER |\/\*M!999999)/;
const LINE_BYTES = 12;
/** Longer than any head of a statement: a name has 64 characters. */
const HEAD_BYTES = 2000;

const code = (sign: string) => sign.charCodeAt(0);
const [NEWLINE, BACKSLASH, OPEN, CLOSE, SEMICOLON, SPACE] = [
  code('\n'),
  code('\\'),
  code('('),
  code(')'),
  code(';'),
  code(' '),
];
const [QUOTE, DOUBLE, BACKTICK] = [code("'"), code('"'), code('`')];

/**
 * Passes a dump on as it is, and knows at its end what was in it. It reads as the client does: statements up to a
 * semicolon outside of quotes, comments to the end of their line, and bodies of routines up to the old delimiter.
 */
export class DumpRows extends Transform {
  readonly rows = new Map<string, number>();
  /** Whether the program wrote the line with which it ends. */
  isWhole = false;
  #state: 'between' | 'line' | 'statement' | 'body' = 'between';
  /** The first bytes of a line, too few to tell what it is. */
  #pending: Buffer | null = null;
  /** The line that is read, in a comment or a body; else the statement up to its first bracket. */
  #text = '';
  #isHead = true;
  #table: string | null = null;
  #depth = 0;
  #quote = 0;
  #isEscaped = false;

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const bytes = this.#pending ? Buffer.concat([this.#pending, piece]) : piece;
    this.#pending = null;
    let at = 0;
    while (at < bytes.length) {
      if (this.#state === 'between') at = this.#begin(bytes, at);
      else if (this.#state === 'statement') at = this.#readStatement(bytes, at);
      else at = this.#readLine(bytes, at);
    }
    done(null, piece);
  }

  /** The last line may lack its end. */
  override _flush(done: TransformCallback): void {
    if (this.#state === 'line') this.#endLine();
    done();
  }

  #begin(bytes: Buffer, at: number): number {
    if (bytes[at]! <= SPACE) return at + 1;
    this.isWhole = false;
    if (bytes.length - at < LINE_BYTES) {
      this.#pending = Buffer.from(bytes.subarray(at));
      return bytes.length;
    }
    [this.#text, this.#isHead, this.#table, this.#depth] = ['', true, null, 0];
    this.#state = LINE.test(bytes.toString('latin1', at, at + LINE_BYTES)) ? 'line' : 'statement';
    return at;
  }

  /** Reads to the end of a line: a comment, an order to the client, or one line of a body. */
  #readLine(bytes: Buffer, at: number): number {
    const end = bytes.indexOf(NEWLINE, at);
    const upTo = end < 0 ? bytes.length : end;
    if (this.#text.length < HEAD_BYTES)
      this.#text += bytes.toString('latin1', at, Math.min(upTo, at + HEAD_BYTES));
    if (end < 0) return bytes.length;
    this.#endLine();
    return end + 1;
  }

  #endLine(): void {
    const delimiter = /^DELIMITER (\S+)/.exec(this.#text)?.[1];
    if (this.#state === 'line') this.isWhole = LAST_LINE.test(this.#text);
    if (delimiter) this.#state = delimiter === ';' ? 'between' : 'body';
    else if (this.#state === 'line') this.#state = 'between';
    this.#text = '';
  }

  #readStatement(bytes: Buffer, from: number): number {
    let [depth, quote, isEscaped, rows, at] = [this.#depth, this.#quote, this.#isEscaped, 0, from];
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (quote !== 0) {
        if (isEscaped) isEscaped = false;
        else if (byte === quote) quote = 0;
        else if (byte === BACKSLASH && quote !== BACKTICK) isEscaped = true;
      } else if (byte === QUOTE || byte === BACKTICK || byte === DOUBLE) quote = byte;
      else if (byte === OPEN) {
        if (depth === 0 && this.#isHead) rows += this.#endHead(bytes.toString('latin1', from, at));
        else if (depth === 0) rows++;
        depth++;
      } else if (byte === CLOSE) depth--;
      else if (byte === SEMICOLON && depth <= 0) {
        this.#state = 'between';
        at++;
        break;
      }
    }
    if (this.#isHead && this.#state === 'statement' && this.#text.length < HEAD_BYTES)
      this.#text += bytes.toString('latin1', from, Math.min(at, from + HEAD_BYTES));
    [this.#depth, this.#quote, this.#isEscaped] = [depth, quote, isEscaped];
    if (this.#table !== null) this.rows.set(this.#table, (this.rows.get(this.#table) ?? 0) + rows);
    return at;
  }

  /** At the first bracket of a statement: what it is, and whether that bracket opens a row or a list of columns. */
  #endHead(rest: string): number {
    const head = this.#text + rest;
    this.#isHead = false;
    const created = CREATE.exec(head)?.[1];
    if (created !== undefined) this.rows.set(nameOf(created), 0);
    const [, inserted, isRow] = INSERT.exec(head) ?? [];
    this.#table = inserted === undefined ? null : nameOf(inserted);
    return isRow ? 1 : 0;
  }
}

function nameOf(quoted: string): string {
  return Buffer.from(quoted, 'latin1').toString().replaceAll('``', '`');
}
