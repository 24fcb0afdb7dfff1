/** The tables of a document, read out of the HTML that we made ourselves. */

export interface DocumentTable {
  /** Its caption, else the heading above it. */
  title: string;
  head: Cell[];
  rows: Cell[][];
}

export interface Cell {
  text: string;
  /** What stands below in small letters. */
  under: string;
  /** Told in a column of figures. */
  isFigure: boolean;
}

/** Begins a line of its own. */
const LINES = /^(p|li|div|dt|dd|tr)$/;
const LINE_CLASSES = /\bclass="[^"]*\b(line|reach|step-text|first-number|contrary|tag|unchecked|verdict)\b/;
const VOID = /^(meta|img|br|hr|link|input)$/;
const UNDER = /\bclass="[^"]*\bunder\b/;
/** Says what a caption is of, or how to read a figure. */
const LABEL = /\bclass="(tab|fig|key)"/;
const TOKEN = /<(\/?)([a-zA-Z][\w-]*)((?:[^>"]|"[^"]*")*)>|([^<]+)/g;
const SIGNS: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

type Place = 'heading' | 'caption' | 'cell' | 'alternative' | null;

export function readTables(html: string): DocumentTable[] {
  const tables: DocumentTable[] = [];
  const reading = new Reading(tables);
  for (const [, slash, name = '', attributes = '', text] of html.matchAll(TOKEN)) {
    if (text !== undefined) reading.text(plain(text));
    else if (slash) reading.close(name);
    else if (!attributes.endsWith('/') && !VOID.test(name)) reading.open(name, attributes);
  }
  return tables;
}

/** Where a reader stands: in which table, which cell, and what the last heading was. */
class Reading {
  readonly #tables: DocumentTable[];
  #heading = '';
  #table: DocumentTable | null = null;
  #row: Cell[] = [];
  #isHead = false;
  #cell: Cell & { alternative: string } = none();
  #place: Place = null;
  /** Names of the elements within which all is small, or left out. */
  #under: string[] = [];
  #hidden: string[] = [];

  constructor(tables: DocumentTable[]) {
    this.#tables = tables;
  }

  open(name: string, attributes: string) {
    if (this.#hidden.length > 0) {
      this.#hidden.push(name);
      if (name === 'title' && this.#place === 'cell') this.#place = 'alternative';
      return;
    }
    if (name === 'svg' || name === 'style' || (this.#place === 'caption' && LABEL.test(attributes))) {
      this.#hidden.push(name);
      return;
    }
    if (this.#under.length > 0) this.#under.push(name);
    else if (this.#place === 'cell' && UNDER.test(attributes)) this.#under.push(name);
    if (/^h[2-4]$/.test(name)) this.#begin('heading');
    else if (name === 'table') this.#table = { title: this.#heading, head: [], rows: [] };
    else if (name === 'caption') this.#begin('caption');
    else if (name === 'thead') this.#isHead = true;
    else if (name === 'tr') this.#row = [];
    else if (name === 'th' || name === 'td') {
      this.#place = 'cell';
      this.#cell = { ...none(), isFigure: name === 'td' && /\bclass="[^"]*\bright\b/.test(attributes) };
    } else if (LINES.test(name) || LINE_CLASSES.test(attributes)) this.text('\n');
    if (this.#under.length === 1) this.text('\n');
  }

  close(name: string) {
    if (this.#hidden.length > 0) {
      this.#hidden.pop();
      if (this.#place === 'alternative') this.#place = 'cell';
      return;
    }
    this.#under.pop();
    if (/^h[2-4]$/.test(name) || name === 'caption') this.#place = null;
    else if (name === 'thead') this.#isHead = false;
    else if (name === 'th' || name === 'td') this.#endCell();
    else if (name === 'tr') this.#endRow();
    else if (name === 'table') this.#endTable();
    else if (LINES.test(name)) this.text('\n');
  }

  text(text: string) {
    if (this.#place === 'alternative') this.#cell.alternative += text;
    if (this.#hidden.length > 0) return;
    if (this.#place === 'heading') this.#heading += text;
    if (this.#place === 'caption' && this.#table) this.#table.title += text;
    if (this.#place !== 'cell') return;
    if (this.#under.length > 0) this.#cell.under += text;
    else this.#cell.text += text;
  }

  #begin(place: 'heading' | 'caption') {
    this.#place = place;
    if (place === 'heading') this.#heading = '';
    else if (this.#table) this.#table.title = '';
  }

  #endCell() {
    this.#place = null;
    this.#under = [];
    const { text, under, alternative, isFigure } = this.#cell;
    const [own, small, drawn] = [text, under, alternative].map(inLines) as [string, string, string];
    const isTold = own !== '' || small !== '' || this.#row.some((cell) => cell.text.includes(drawn));
    this.#row.push({ text: isTold ? own : drawn, under: small, isFigure });
  }

  #endRow() {
    if (!this.#table) return;
    if (this.#isHead) this.#table.head = this.#row;
    else this.#table.rows.push(this.#row);
  }

  #endTable() {
    if (this.#table) this.#tables.push({ ...this.#table, title: inLines(this.#table.title) });
    this.#table = null;
  }
}

const none = () => ({ text: '', under: '', alternative: '', isFigure: false });

/** Each line without the white space around it, and no empty ones. */
const inLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');

const plain = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, number, name) => {
    if (name !== undefined) return SIGNS[name] ?? all;
    return String.fromCodePoint(Number.parseInt(hex ?? number, hex === undefined ? 10 : 16));
  });
