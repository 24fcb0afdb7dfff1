/** The commands on paper: drawn by Chromium, read back by poppler, followed in a bare root. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import type { EngineError } from '#/jobs/recovery-points/contract.ts';
import { foreignRestore } from '#/jobs/recovery-points/foreign/foreign-restore.ts';
import { OUR_PAPER, readPaper } from '#/jobs/recovery-points/foreign/paper.ts';
import { readPrintedSheet, readSheet, writeSheet } from '#/jobs/recovery-points/foreign/sheet.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { renderPdf } from '#/server/pdf/render.ts';
import { recoverySheetHtml } from '#/server/recovery-sheet.ts';
import { loadTemplates } from '#/server/templates.ts';
import { ASSET, makeWorld } from '../recovery-points/world.ts';
import { DATE, PRINT, runProgram, withFile } from './support.ts';

describe('a sheet of commands', function () {
  this.timeout(60_000);
  const text = ({ parts, sha256 } = writeSheet(readPaper(OUR_PAPER))) =>
    [...parts.flatMap(({ part, lines }) => [`#= ${part}`, ...lines]), `SHA-256 ${sha256}`].join('\n');
  const codeOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as EngineError).because.code;
    }
    return null;
  };

  it('is read back from the PDF in every language, and restores what the page restores', async () => {
    await using world = await makeWorld();
    writeFileSync(path.join(world.source, 'contrat signé.txt'), 'signed\n');
    await world.backUp();
    for (const locale of LOCALES) {
      const html = recoverySheetHtml(
        {
          client: { name: 'Atelier Delorme' },
          fingerprints: ['3f2a9c0d1e4b5a67'],
          stores: [{ name: 'Coffre', address: 's3://coffre/delorme' }],
          madeAt: DATE.toISOString(),
          version: '1.0.0',
          locale,
        },
        loadTemplates(),
      );
      const { pdf, pages } = await renderPdf(html, { print: PRINT, date: DATE });
      expect(pages).to.be.at.most(3);
      await withFile(pdf, async (file) => {
        const sheet = await readPrintedSheet(file);
        expect(sheet.sha256).to.equal(writeSheet(readPaper(OUR_PAPER)).sha256);
        expect((await runProgram('pdffonts', file)).output).to.include('JetBrains');
        if (locale !== 'fr') return;
        const found = await foreignRestore({
          store: world.store,
          asset: ASSET,
          point: 'latest',
          identity: world.identity,
          trust: [world.publicKey],
          scratchDir: path.join(world.folder, 'scratch'),
          sheet,
        });
        expect(found.verdict, JSON.stringify(found.checks)).to.equal('passed');
        expect(found.paper).to.include({ source: 'sheet', sha256: sheet.sha256 });
      });
    }
  });

  it('is refused when a letter was misread, a line is missing, or two changed places', () => {
    expect(codeOf(() => readSheet(text()))).to.equal(null);
    const spoilt = [
      text().replace('age -d', 'age -e'),
      text().replace(/^005.*\n/m, ''),
      text().replace(/^(007\|.*)\n(008\|.*)\n/m, '$2\n$1\n'),
      text().replace(/SHA-256.*/, ''),
      text().replace('#= several', ''),
      text().replace(/^\d{3}\+/m, '999|'),
      text().replace('·', ''),
    ];
    for (const one of spoilt)
      expect(
        codeOf(() => readSheet(one)),
        one.slice(0, 300),
      ).to.equal('foreign.sheet-unreadable');
  });
});
