/** A client as a workbook (.xlsx): a sheet for each table with lists to choose from, and one that says how to fill them in. */
import { columnLetters } from '#/plans/exchange/cell.ts';
import type { Column } from '#/plans/exchange/sheets.ts';
import { choiceWord, helpWords, sheetWord, yesWord } from '#/plans/exchange/words.ts';
import type { Written } from '#/plans/exchange/write-cell.ts';
import type { WrittenTable } from '#/plans/exchange/write-tables.ts';
import type { Locale } from '#/plans/reports/head.ts';
import { escapeXml } from './xml.ts';
import { makeArchive } from './zip.ts';

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPES = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** Places in the styles below. */
const STYLE = { plain: 0, head: 1, day: 2, guarded: 3, title: 4 };
/** Rows below the last that still offer their lists: people add. */
const SPARE_ROWS = 500;
const WIDTHS: Partial<Record<Column['kind'], number>> = { id: 14, text: 50, remove: 10, yes: 12, number: 12 };

type Range = string;

export function writeWorkbook(tables: WrittenTable[], locale: Locale): Buffer {
  const help = writeHelp(tables, locale);
  const sheets = [
    ...tables.map((table) => ({ name: table.name, xml: writeTable(table, help.ranges, locale) })),
    { name: sheetWord('values', locale), xml: help.xml },
  ];
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

function writeTable({ columns, head, rows }: WrittenTable, ranges: Map<string, Range>, locale: Locale) {
  const last = `${columnLetters(columns.length - 1)}${rows.length + 1}`;
  return sheet({
    widths: columns.map(({ kind }) => WIDTHS[kind] ?? 24),
    rows: [head.map((text) => ({ written: text, style: STYLE.head })), ...rows.map((row) => row.map(cell))],
    isFrozen: true,
    after: `<autoFilter ref="A1:${last}"/>${validations(columns, rows.length + 1 + SPARE_ROWS, ranges, locale)}`,
  });
}

/** Lists are offered and not enforced: what is typed in another language is understood as well. */
function validations(
  columns: readonly Column[],
  lastRow: number,
  ranges: Map<string, Range>,
  locale: Locale,
): string {
  const lists = columns.flatMap((column, place) => {
    const list =
      column.kind === 'choice'
        ? ranges.get(column.words)
        : column.kind === 'yes'
          ? `"${yesWord(true, locale)},${yesWord(false, locale)}"`
          : column.kind === 'remove'
            ? '"x"'
            : null;
    if (!list) return [];
    const letters = columnLetters(place);
    return [
      `<dataValidation type="list" allowBlank="1" sqref="${letters}2:${letters}${lastRow}"><formula1>${escapeXml(list)}</formula1></dataValidation>`,
    ];
  });
  return `<dataValidations count="${lists.length}">${lists.join('')}</dataValidations>`;
}

/** How to fill in the sheets, and below it every word of every list, where the lists of the sheets are taken from. */
function writeHelp(tables: WrittenTable[], locale: Locale): { xml: string; ranges: Map<string, Range> } {
  const { title, lines, columns } = helpWords(locale);
  const name = sheetWord('values', locale).replaceAll("'", "''");
  const ranges = new Map<string, Range>();
  const rows: Styled[][] = [
    [{ written: title, style: STYLE.title }],
    ...lines.map((line) => [cell(line)]),
    [],
    columns.map((text) => ({ written: text, style: STYLE.head })),
  ];
  for (const table of tables)
    for (const [place, column] of table.columns.entries()) {
      if (column.kind !== 'choice') continue;
      ranges.set(column.words, `'${name}'!$C$${rows.length + 1}:$C$${rows.length + column.values.length}`);
      for (const value of column.values)
        rows.push([table.name, table.head[place]!, choiceWord(column.words, value, locale)].map(cell));
    }
  return { xml: sheet({ widths: [24, 30, 50], rows, isFrozen: false, after: '' }), ranges };
}

interface Styled {
  written: Written;
  style: number;
}

const cell = (written: Written): Styled => ({
  written,
  style:
    typeof written === 'object' && written !== null
      ? STYLE.day
      : typeof written === 'string' && /^[=+\-@]/.test(written)
        ? STYLE.guarded
        : STYLE.plain,
});

function sheet({
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

/** Texts stand in the cell itself and are typed as such: none becomes a formula. */
function cellXml({ written, style }: Styled, reference: string): string {
  if (written === null || written === '') return '';
  if (typeof written === 'number') return `<c r="${reference}" s="${style}"><v>${written}</v></c>`;
  if (typeof written === 'object')
    return `<c r="${reference}" s="${style}"><v>${(Date.parse(written.day) - DAY_ZERO) / 86_400_000}</v></c>`;
  const text = escapeXml(written.replace(/_x(?=[0-9A-Fa-f]{4}_)/g, '_x005F_x'));
  return `<c r="${reference}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

const STYLES = `${HEADER}<styleSheet xmlns="${MAIN}"><fonts count="3"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="14"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FFE3EEF0"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf xfId="0"/><xf fontId="1" fillId="2" applyFont="1" applyFill="1" xfId="0"/><xf numFmtId="14" applyNumberFormat="1" xfId="0"/><xf quotePrefix="1" xfId="0"/><xf fontId="2" applyFont="1" xfId="0"/></cellXfs></styleSheet>`;
