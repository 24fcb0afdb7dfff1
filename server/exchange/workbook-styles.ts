/** Which cells of a workbook are dates or times: nothing but their format tells. */
import { readXml } from './xml.ts';

export type Format = 'number' | 'day' | 'clock';

/** What each style of a cell makes of a number, in the order of the styles. */
export function readStyles(styles: Buffer | null): Format[] {
  if (!styles) return [];
  const codes = new Map<number, string>();
  const formats: Format[] = [];
  let isInCells = false;
  readXml(styles, {
    open(name, attribute) {
      if (name === 'numFmt') codes.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '');
      if (name === 'cellXfs') isInCells = true;
      if (name === 'xf' && isInCells) formats.push(formatOf(Number(attribute('numFmtId') ?? 0), codes));
    },
    close(name) {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return formats;
}

/** The formats that every program knows by number alone. */
const DAYS = [14, 15, 16, 17, 22, ...range(27, 36), ...range(50, 58)];
const CLOCKS = [18, 19, 20, 21, 45, 46, 47];

function formatOf(id: number, codes: Map<number, string>): Format {
  if (DAYS.includes(id)) return 'day';
  if (CLOCKS.includes(id)) return 'clock';
  return codes.has(id) ? formatOfCode(codes.get(id)!) : 'number';
}

/** `dd/mm/yyyy` is a day, `[h]:mm` a lapse; quoted words, colours and languages say nothing. */
export function formatOfCode(code: string): Format {
  const signs = code
    .replace(/"[^"]*"|\\.|_.|\*./g, '')
    .split(';')[0]!
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .toLowerCase();
  if (/general|standard/.test(signs)) return 'number';
  if (/[yd]/.test(signs)) return 'day';
  if (/[hs]/.test(signs)) return 'clock';
  return /m/.test(signs) ? 'day' : 'number';
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, place) => from + place);
}
