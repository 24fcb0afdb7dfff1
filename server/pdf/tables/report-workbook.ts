/** The tables of a report as a workbook, drawn from the same snapshot by the same templates as its PDF. */
import type { Locale } from '#/plans/reports/head.ts';
import type { ReportSnapshot } from '#/plans/reports/snapshot.ts';
import { cell, makeWorkbook, STYLE, type Styled, serialOf, sheet } from '#/server/exchange/workbook.ts';
import { loadTemplates, type Templates } from '#/server/templates.ts';
import { renderReportHtml } from '../report-html.ts';
import { markedFormats, readable, valueIn, withoutMarks } from './marked-formats.ts';
import { readTables } from './read-tables.ts';
import { tableSheet } from './table-sheet.ts';

const MOST_NAME = 31;

interface Sheet {
  name: string;
  title: string;
  rows: number;
  xml: string;
}

/** Templates whose values can be read back out of the tables. */
export const markedTemplates = (): Templates => loadTemplates({ formats: markedFormats });

/** `snapshot` is the text on record, and `sha256` its hash. */
export function reportWorkbook(snapshot: string, sha256: string, templates: Templates): Buffer {
  const report = JSON.parse(withoutMarks(snapshot)) as ReportSnapshot;
  const { locale } = report;
  const say = (key: string, params = {}) => templates.say(locale, `report.tables.${key}`, params);
  const sheets: Sheet[] = [];
  for (const table of readTables(renderReportHtml(report, templates))) {
    const xml = tableSheet(table, locale, (column) => say('detail', { column }));
    if (xml === null) continue;
    const title = readable(table.title);
    sheets.push({ name: sheetName(sheets.length + 1, title), title, rows: table.rows.length, xml });
  }
  const first = { name: say('contents'), xml: contents(report, sha256, sheets, templates) };
  return makeWorkbook([first, ...sheets]);
}

/** The number keeps names apart; a workbook allows none of these signs. */
function sheetName(number: number, title: string): string {
  const whole = `${number} ${title.replace(/[[\]:*?/\\\s]+/gu, ' ')}`.trim();
  const name = whole.length <= MOST_NAME ? whole : whole.slice(0, MOST_NAME).replace(/ \S*$/u, '');
  return name.replace(/(?<![\s,;.'’«“])[\s,;.'’«“]+$/u, '');
}

/** What the tables are of, where they stand, and how they relate to the sealed file. */
function contents(report: ReportSnapshot, hash: string, sheets: Sheet[], templates: Templates): string {
  const { locale, reference, kind } = report;
  const say = (key: string) => templates.say(locale, `report.${key}`);
  const owner = 'client' in report ? report.client : { ...report.provider, timeZone: report.timeZone };
  const fact = (key: string, told: Styled): Styled[] => [{ written: say(key), style: STYLE.head }, told];
  return sheet({
    widths: [MOST_NAME + 3, 70, 10],
    rows: [
      [{ written: say(`kind.${kind}`), style: STYLE.title }],
      fact('tables.owner', cell(owner.name)),
      fact('cover.reference', cell(reference)),
      fact('cover.made', moment(report.madeAt, { locale, timeZone: owner.timeZone })),
      fact('closing.hash', cell(hash)),
      [cell(say('tables.note'))],
      [],
      ['tables.sheet', 'table', 'tables.rows'].map((key) => ({ written: say(key), style: STYLE.head })),
      ...sheets.map(({ name, title, rows }) => [cell(name), cell(title), cell(rows)]),
    ],
    isFrozen: false,
    after: '',
  });
}

const moment = (when: string, { locale, timeZone }: { locale: Locale; timeZone: string }): Styled => ({
  written: serialOf(String(valueIn(markedFormats(locale, timeZone).dateTime(when))?.value)),
  style: STYLE.moment,
});
