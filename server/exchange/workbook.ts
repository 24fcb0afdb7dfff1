/** A workbook (.xlsx) out of sheets: the parts that any of them has, and cells that are never formulas. */
import { columnLetters } from '#/plans/exchange/cell.ts';
import type { Written } from '#/plans/exchange/write-cell.ts';
import { escapeXml } from './xml.ts';
import { makeArchive } from './zip.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Places in the styles below. */
export const STYLE = {
  ...{ plain: 0, head: 1, day: 2, guarded: 3, title: 4 },
  ...{ moment: 5, duration: 6, percent: 7, bytes: 8, octets: 9, wrapped: 10, wrappedGuarded: 11 },
};

/** Each sheet by its name, in their order. */
export function makeWorkbook(sheets: { name: string; xml: string }[]): Buffer {
  const parts = sheets.map((_, place) => `sheet${place + 1}.xml`);
  return makeArchive([
    [
      '[Content_Types].xml',
      `${HEADER}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPES}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPES}.styles+xml"/>${parts.map((part) => `<Override PartName="/xl/worksheets/${part}" ContentType="${TYPES}.worksheet+xml"/>`).join('')}</Types>`,
    ],
    ['_rels/.rels', relations([['rId1', 'officeDocument', 'xl/workbook.xml']])],
    [
      'xl/workbook.xml',
      `${HEADER}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.map(({ name }, place) => `<sheet name="${escapeXml(name)}" sheetId="${place + 1}" r:id="rId${place + 1}"/>`).join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relations([
        ...parts.map((part, place) => [`rId${place + 1}`, 'worksheet', `worksheets/${part}`] as const),
        [`rId${parts.length + 1}`, 'styles', 'styles.xml'],
      ]),
    ],
    ['xl/styles.xml', STYLES],
    ...sheets.map(({ xml }, place): [string, string] => [`xl/worksheets/${parts[place]}`, xml]),
  ]);
}

const relations = (list: (readonly [id: string, type: string, target: string])[]): string =>
  `${HEADER}<Relationships xmlns="${PACKAGE}/relationships">${list.map(([id, type, target]) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`).join('')}</Relationships>`;

export interface Styled {
  written: Written;
  style: number;
}

/** Spreadsheets take such a text for a formula once somebody edits it. */
export const looksLikeFormula = (text: string): boolean => /^[=+\-@]/.test(text);

export const cell = (written: Written): Styled => ({
  written,
  style:
    typeof written === 'object' && written !== null
      ? STYLE.day
      : typeof written === 'string' && looksLikeFormula(written)
        ? STYLE.guarded
        : STYLE.plain,
});

/** Cells without anything are left out. */
export function sheet({
  widths,
  rows,
  isFrozen,
  after,
}: {
  widths: number[];
  rows: Styled[][];
  isFrozen: boolean;
  after: string;
}): string {
  const view = isFrozen
    ? '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
    : '<sheetView workbookViewId="0"/>';
  const cols = widths.map(
    (width, place) => `<col min="${place + 1}" max="${place + 1}" width="${width}" customWidth="1"/>`,
  );
  const data = rows.map(
    (cells, place) =>
      `<row r="${place + 1}">${cells.map((one, column) => cellXml(one, `${columnLetters(column)}${place + 1}`)).join('')}</row>`,
  );
  return `${HEADER}<worksheet xmlns="${MAIN}"><sheetViews>${view}</sheetViews><cols>${cols.join('')}</cols><sheetData>${data.join('')}</sheetData>${after}</worksheet>`;
}

const DAY_ZERO = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

/** What a workbook takes for a day, or for a moment as a clock on the wall shows it. */
export const serialOf = (local: string): number =>
  (Date.parse(local.includes('T') ? `${local}Z` : local) - DAY_ZERO) / DAY_MS;

/** The longest text that a cell may hold. */
const MOST_TEXT = 32_767;

/** Texts stand in the cell itself and are typed as such: none becomes a formula. */
function cellXml({ written, style }: Styled, reference: string): string {
  if (written === null || written === '') return '';
  if (typeof written === 'number') return `<c r="${reference}" s="${style}"><v>${written}</v></c>`;
  if (typeof written === 'object')
    return `<c r="${reference}" s="${style}"><v>${serialOf(written.day)}</v></c>`;
  const text = escapeXml(written.slice(0, MOST_TEXT).replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x'));
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

/** Sizes in the unit that suits each: a number stays a number of bytes. */
const sizes = (units: [string, string, string]) => {
  const [byte, mega, giga] = units.map((unit) => `&quot;\u00a0${unit}&quot;`);
  return `[&gt;=1000000000]#,##0.0,,,${giga};[&gt;=100000]#,##0.0,,${mega};#,##0${byte}`;
};

const FORMATS = `<numFmts count="4"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="${sizes(['B', 'MB', 'GB'])}"/><numFmt numFmtId="167" formatCode="${sizes(['o', 'Mo', 'Go'])}"/></numFmts>`;
const FONTS =
  '<fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="14"/><name val="Calibri"/></font></fonts>';
const FILLS =
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3EEF0"/></patternFill></fill></fills>';
const TOP = '<alignment vertical="top"/>';
const kept = (format: number) =>
  `<xf numFmtId="${format}" applyNumberFormat="1" applyAlignment="1" xfId="0">${TOP}</xf>`;
const WRAPPED = ['', ' quotePrefix="1"']
  .map((guard) => `<xf${guard} applyAlignment="1" xfId="0"><alignment vertical="top" wrapText="1"/></xf>`)
  .join('');
const CELLS = `<cellXfs count="12"><xf xfId="0"/><xf fontId="1" fillId="2" applyFont="1" applyFill="1" xfId="0"/><xf numFmtId="14" applyNumberFormat="1" xfId="0"/><xf quotePrefix="1" xfId="0"/><xf fontId="2" applyFont="1" xfId="0"/>${[164, 165, 9, 166, 167].map(kept).join('')}${WRAPPED}</cellXfs>`;

const STYLES = `${HEADER}<styleSheet xmlns="${MAIN}">${FORMATS}${FONTS}${FILLS}<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>${CELLS}</styleSheet>`;
