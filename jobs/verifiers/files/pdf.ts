/** A PDF: every object stands where the table of objects says, every compressed stream unpacks, and there are pages. */
import { inflateSync } from 'node:zlib';
import { Broken, Locked, MOST_UNPACKED } from './broken.ts';

type Places = Map<number, number>;
interface Section {
  places: Places;
  trailer: string;
}

const MOST_SECTIONS = 1000;

export function openPdf(file: Buffer): void {
  const begin = file.subarray(0, 1024).indexOf('%PDF-');
  if (begin < 0) throw new Broken('it does not begin as a PDF');
  // Places are counted from there, whatever some program put in front.
  const bytes = file.subarray(begin);
  const tail = bytes.toString('latin1', Math.max(0, bytes.length - 2048));
  const start = [...tail.matchAll(/startxref\s+(\d+)/g)].at(-1)?.[1];
  if (start === undefined || !tail.includes('%%EOF')) throw new Broken('it ends too soon');

  const places: Places = new Map();
  const seen = new Set<number>();
  let trailer = '';
  for (let at: number | null = Number(start); at !== null && !seen.has(at) && seen.size < MOST_SECTIONS; ) {
    seen.add(at);
    const section = sectionAt(bytes, at);
    for (const [number, place] of section.places) if (!places.has(number)) places.set(number, place);
    trailer += section.trailer;
    const hybrid = numberAfter(section.trailer, 'XRefStm');
    if (hybrid !== null)
      for (const [number, place] of sectionAt(bytes, hybrid).places)
        if (!places.has(number)) places.set(number, place);
    at = numberAfter(section.trailer, 'Prev');
  }
  if (!/\/Root\s+\d+\s+\d+\s+R/.test(trailer)) throw new Broken('no catalogue');
  if (/\/Encrypt\b/.test(trailer)) throw new Locked('it is encrypted');
  checkObjects(bytes, places);
}

function sectionAt(bytes: Buffer, at: number): Section {
  const begins = bytes.toString('latin1', at, at + 40).trimStart();
  if (begins.startsWith('xref')) return tableAt(bytes, at);
  if (/^\d+\s+\d+\s+obj/.test(begins)) return streamTableAt(bytes, at);
  throw new Broken('the table of objects is not where it says');
}

function tableAt(bytes: Buffer, at: number): Section {
  const end = bytes.indexOf('trailer', at);
  if (end < 0) throw new Broken('the table of objects has no end');
  const places: Places = new Map();
  let next = 0;
  for (const line of bytes.toString('latin1', at, end).split(/[\r\n]+/)) {
    const heading = /^\s*(\d+)\s+(\d+)\s*$/.exec(line);
    const entry = /^\s*(\d{10})\s+\d{5}\s+([nf])/.exec(line);
    if (heading) next = Number(heading[1]);
    else if (entry) {
      if (entry[2] === 'n') places.set(next, Number(entry[1]));
      next++;
    }
  }
  const last = bytes.indexOf('startxref', end);
  return { places, trailer: bytes.toString('latin1', end, last < 0 ? end + 2048 : last) };
}

/** The table as a compressed stream, of fields as wide as `W` says; rows are told against the one above. */
function streamTableAt(bytes: Buffer, at: number): Section {
  const { dictionary, content } = objectAt(bytes, at);
  if (!content) throw new Broken('the table of objects is empty');
  const widths = numbersIn(dictionary, 'W');
  const row = widths.reduce((sum, width) => sum + width, 0);
  if (widths.length !== 3 || row === 0) throw new Broken('the table of objects has no shape');
  const rows =
    Number(/\/Predictor\s+(\d+)/.exec(dictionary)?.[1] ?? 1) >= 10 ? unpredicted(content, row) : content;
  const index = numbersIn(dictionary, 'Index');
  const ranges = index.length > 0 ? index : [0, numberAfter(dictionary, 'Size') ?? 0];
  const places: Places = new Map();
  let from = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2)
    for (let n = 0; n < ranges[i + 1]! && from + row <= rows.length; n++, from += row) {
      const [kind, place] = [
        widths[0] === 0 ? 1 : rows.readUIntBE(from, widths[0]!),
        widths[1] === 0 ? 0 : rows.readUIntBE(from + widths[0]!, widths[1]!),
      ];
      if (kind === 1) places.set(ranges[i]! + n, place);
    }
  return { places, trailer: dictionary };
}

function unpredicted(content: Buffer, row: number): Buffer {
  const count = Math.floor(content.length / (row + 1));
  const rows = Buffer.alloc(count * row);
  for (let n = 0; n < count; n++)
    for (let i = 0; i < row; i++) {
      const above = n === 0 ? 0 : rows[(n - 1) * row + i]!;
      const isUp = content[n * (row + 1)] === 2;
      rows[n * row + i] = content[n * (row + 1) + 1 + i]! + (isUp ? above : 0);
    }
  return rows;
}

function checkObjects(bytes: Buffer, places: Places): void {
  let pages = 0;
  let left = MOST_UNPACKED;
  for (const [number, place] of places) {
    const begins = bytes.toString('latin1', place, place + 32);
    if (Number(/^\s*(\d+)\s+\d+\s+obj/.exec(begins)?.[1]) !== number)
      throw new Broken(`object ${number} is not where it says`);
    const { dictionary, content } = objectAt(bytes, place);
    if (/\/Type\s*\/Page\b(?!s)/.test(dictionary)) pages++;
    left -= content?.length ?? 0;
    if (left < 0) throw new Locked('more to unpack than the limit');
    if (content && /\/Type\s*\/ObjStm/.test(dictionary))
      pages += content.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  }
  if (pages === 0) throw new Broken('no page in it');
}

/** An object's dictionary, and its stream unpacked where that is compressed in the usual way alone. */
function objectAt(bytes: Buffer, at: number): { dictionary: string; content: Buffer | null } {
  const end = bytes.indexOf('endobj', at);
  if (end < 0) throw new Broken('an object has no end');
  const stream = bytes.indexOf('stream', at);
  if (stream < 0 || stream > end) return { dictionary: bytes.toString('latin1', at, end), content: null };
  const dictionary = bytes.toString('latin1', at, stream);
  const from = stream + 6 + (bytes[stream + 6] === 0x0d ? 2 : 1);
  const told = /\/Length\s+(\d+)\b(?!\s+\d+\s+R)/.exec(dictionary)?.[1];
  const to = told === undefined ? bytes.indexOf('endstream', from) : from + Number(told);
  if (to < 0 || to > bytes.length || bytes.indexOf('endstream', to) < 0) throw new Broken('a stream is cut');
  if (!/\/Filter\s*\[?\s*\/FlateDecode\s*\]?\s*(?:\/|>>|$)/.test(dictionary))
    return { dictionary, content: null };
  try {
    return { dictionary, content: inflateSync(bytes.subarray(from, to), { maxOutputLength: MOST_UNPACKED }) };
  } catch (error) {
    throw new Broken(`a stream does not unpack: ${(error as Error).message}`);
  }
}

function numberAfter(dictionary: string, key: string): number | null {
  const found = new RegExp(`/${key}\\s+(\\d+)`).exec(dictionary);
  return found ? Number(found[1]) : null;
}

function numbersIn(dictionary: string, key: string): number[] {
  const found = new RegExp(`/${key}\\s*\\[([\\d\\s]*)\\]`).exec(dictionary)?.[1] ?? '';
  return found.split(/\s+/).filter(Boolean).map(Number);
}
