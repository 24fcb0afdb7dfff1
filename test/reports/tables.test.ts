import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { canonical, sha256 } from '#/plans/canonical.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import type { Locale } from '#/plans/reports/head.ts';
import type { ReportKind } from '#/plans/reports/snapshot.ts';
import { renderReportHtml } from '#/server/pdf/report-html.ts';
import { readTables } from '#/server/pdf/tables/read-tables.ts';
import { markedTemplates, reportWorkbook } from '#/server/pdf/tables/report-workbook.ts';
import { documentOf, KINDS } from './documents.ts';
import { ATELIERS, HOSTILE } from './examples.ts';

const VALUE = /[\ufdd0-\ufdd2]/;

describe('the tables of a report', () => {
  const marked = markedTemplates();

  for (const kind of KINDS)
    it(`of the kind ${kind} hold in sheets of their own what its document says, and no formula`, async () => {
      for (const facts of [ATELIERS, HOSTILE]) {
        const book = await bookOf(kind, facts, 'en');
        const told = book.worksheets.flatMap((sheet) => textsOf(sheet)).join('\n');
        const drawn = readTables(renderReportHtml(documentOf(kind, facts, 'en')!, marked));
        const missing = drawn
          .flatMap(({ rows }) => rows.flat().flatMap(({ text, under }) => [text, under]))
          .filter((text) => !VALUE.test(text) && !told.includes(text));
        expect(drawn.length).to.be.greaterThan(0);
        expect(missing).to.deep.equal([]);
        expect(told).to.not.match(VALUE);
        const formulas = book.worksheets.flatMap((sheet) => cellsOf(sheet)).filter(({ formula }) => formula);
        expect(formulas).to.deep.equal([]);
        const names = book.worksheets.map(({ name }) => name.toLowerCase());
        expect(new Set(names).size).to.equal(names.length);
      }
    });

  it('hold days, moments, durations, sizes and shares as values', async () => {
    const points = (await bookOf('readiness', ATELIERS, 'fr')).getWorksheet('6 Points de reprise')!;
    const [, asset, point, at, volume, , files] = points.getRow(2).values as unknown[];
    expect([asset, point, volume, files]).to.deep.equal(['Base ERP', 'sql of 43200', 48e9, 3]);
    expect((at as Date).toISOString()).to.equal('2026-11-22T01:00:00.000Z'); // as the clock shows it in Paris
    expect(points.getCell('D2').numFmt).to.include('Go');

    const cover = (await bookOf('coverage', ATELIERS, 'en')).worksheets[1]!;
    expect([cover.getCell('D2').value, cover.getCell('D2').numFmt]).to.deep.equal([0.1, '0%']);
    const levels = (await bookOf('restore-test', ATELIERS, 'en')).worksheets[1]!;
    expect(levels.getCell('D2').numFmt).to.equal('[h]:mm:ss');
    const card = (await bookOf('cards', ATELIERS, 'fr')).worksheets[1]!;
    expect(card.getCell('B1').value, 'a number to call').to.equal('06 39 98 01 14');
  });

  it('are listed on a first sheet, in the language of the report, with the hash of its data', async () => {
    for (const [locale, name] of [
      ['fr', 'Sommaire'],
      ['en', 'Contents'],
      ['nl', 'Inhoud'],
    ] as const) {
      const book = await bookOf('portfolio', ATELIERS, locale);
      const [first, ...sheets] = book.worksheets;
      expect(first!.name).to.equal(name);
      expect(textsOf(first!)).to.include.members([
        hashOf('portfolio', ATELIERS, locale),
        ...sheets.map((sheet) => sheet.name),
      ]);
    }
  });

  it('take a text for a text, whatever it begins with', async () => {
    const client = {
      ...ATELIERS.client,
      name: '=HYPERLINK("http://example.org")\ufdd0number:1\ufdd1x\ufdd2',
    };
    const book = await bookOf('portfolio', { ...ATELIERS, client }, 'fr');
    const cells = book.worksheets.flatMap(cellsOf).filter(({ text }) => text.startsWith('=HYPERLINK'));
    expect(cells.length).to.be.greaterThan(0);
    for (const { type } of cells) expect(type).to.equal(ExcelJS.ValueType.String);
  });

  const hashOf = (kind: ReportKind, facts: ClientFacts, locale: Locale) =>
    sha256(canonical(documentOf(kind, facts, locale)!));

  async function bookOf(kind: ReportKind, facts: ClientFacts, locale: Locale) {
    const file = reportWorkbook(
      canonical(documentOf(kind, facts, locale)!),
      hashOf(kind, facts, locale),
      marked,
    );
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(file as never);
    return book;
  }
});

function cellsOf(sheet: ExcelJS.Worksheet): ExcelJS.Cell[] {
  const cells: ExcelJS.Cell[] = [];
  sheet.eachRow((row) => row.eachCell((cell) => cells.push(cell)));
  return cells;
}

const textsOf = (sheet: ExcelJS.Worksheet): string[] => cellsOf(sheet).map(({ text }) => text);
