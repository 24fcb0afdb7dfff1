import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Page } from 'puppeteer-core';
import { newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import { loadTemplates } from '#/server/templates.ts';
import { runProgram, withFile } from '../pdf/support.ts';
import { go, type Looking, openBrowser } from './browser.ts';
import { created } from './examples.ts';

const templates = loadTemplates();

describe('an escrow sheet', function () {
  this.timeout(60_000);
  let looking: Looking;
  let page: Page;
  before(async () => {
    looking = await openBrowser();
    page = await looking.browser.newPage();
  });
  after(() => looking[Symbol.asyncDispose]());

  const printed = async (tell: (file: string) => Promise<void>) =>
    withFile(Buffer.from(await page.pdf({ format: 'A4', preferCSSPageSize: true })), tell);

  describe('as it is shown once', () => {
    it('prints on one A4 page, with nothing of the service around it', async () => {
      await go(page, looking.addressOf('created'));
      await printed(async (file) => {
        const { output } = await runProgram('pdfinfo', file);
        expect(output).to.match(/Pages: +1\n/);
        expect(output).to.match(/Page size: +59\d\S* x 84\d/);
        const text = (await runProgram('pdftotext', '-layout', file, '-')).output;
        const told = ['created.step-print', 'nav.portfolio', 'created.done'].filter((key) =>
          text.includes(templates.say('fr', key)),
        );
        expect(told).to.deep.equal([]);
        expect(text.replace(/\s/g, '')).to.include(created.recipient).and.include(created.fingerprint);
      });
    });

    it('stays on one page for a client with the longest of names, in every language', async () => {
      for (const locale of LOCALES) {
        await go(page, `${looking.addressOf('created', locale)}?long`);
        await printed(async (file) => {
          expect((await runProgram('pdfinfo', file)).output, locale).to.match(/Pages: +1\n/);
        });
      }
    });

    it('is white paper where everything else is dark', async () => {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
      await go(page, looking.addressOf('created'));
      const colours = await page.evaluate(`(() => {
      const { backgroundColor, color } = getComputedStyle(document.querySelector('.key-sheet'));
      return [backgroundColor, color, getComputedStyle(document.body).backgroundColor];
    })()`);
      expect(colours).to.deep.equal(['rgb(255, 255, 255)', 'rgb(0, 0, 0)', 'rgb(11, 22, 34)']);
    });

    it('sets the key apart in groups, and lets it be copied without spaces', async () => {
      const copied = await page.evaluate(`(() => {
      const secret = document.querySelector('.sheet-secret');
      getSelection().selectAllChildren(secret);
      return [secret.querySelectorAll('span').length, getSelection().toString()];
    })()`);
      expect(copied).to.deep.equal([16, created.identity]);
    });
  });

  describe('made on the command line', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(path.join(tmpdir(), 'reprise-sheet-'));
    });
    after(() => rmSync(folder, { recursive: true }));

    const { identity, recipient } = newIdentity();
    const at = (name: string) => path.join(folder, name);
    const make = (content: string, out: string, ...more: string[]) => {
      writeFileSync(at('identity.txt'), content);
      const program = fileURLToPath(new URL('../../server/reprise.mjs', import.meta.url));
      const call = ['keys', 'sheet', '--identity', at('identity.txt'), '--out', at(out), '--json', ...more];
      const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...call], {
        encoding: 'utf8',
      });
      return { status, stderr, json: () => JSON.parse(stdout) };
    };
    const dated = `# created: 2026-03-04T05:06:07Z\n# public key: ${recipient}\n${identity}\n`;
    const forClient = ['--client', 'Acme <Frères> $&'];

    it('is one page that fetches nothing, in the language asked for, and for its owner only', async () => {
      const made = make(dated, 'sheet.html', ...forClient, '--lang', 'fr');
      expect(made.status, made.stderr).to.equal(0);
      expect(made.json()).to.include({ file: at('sheet.html'), recipient });
      expect(statSync(at('sheet.html')).mode & 0o777).to.equal(0o600);

      const asked: string[] = [];
      page.on('request', (request) => void asked.push(new URL(request.url()).protocol));
      await page.goto('about:blank');
      await page.setContent(readFileSync(at('sheet.html'), 'utf8'), { waitUntil: 'load' });
      await printed(async (file) => {
        expect((await runProgram('pdfinfo', file)).output).to.match(/Pages: +1\n/);
        const text = (await runProgram('pdftotext', '-layout', file, '-')).output;
        expect(text).to.include('Acme <Frères> $&').and.include('4 mars 2026').and.include('Détenteurs');
        expect(text.replace(/\s/g, '')).to.include(recipient).and.include(made.json().fingerprint);
        const fonts = (await runProgram('pdffonts', file)).output;
        expect(fonts).to.include('Inter').and.include('SourceSerif').and.include('JetBrainsMono');
      });
      expect(new Set(asked)).to.not.include('http:').and.not.include('https:').and.not.include('file:');
      const copied = await page.evaluate(`(() => {
      getSelection().selectAllChildren(document.querySelector('.sheet-secret'));
      return getSelection().toString();
    })()`);
      expect(copied).to.equal(identity);
    });

    it('speaks English when nothing else is said, and knows no date that nobody wrote down', () => {
      expect(make(identity, 'english.html', ...forClient).status).to.equal(0);
      const html = readFileSync(at('english.html'), 'utf8');
      expect(html).to.include('lang="en"').and.include(templates.say('en', 'sheet.holders'));
      expect(html).to.not.include(templates.say('en', 'keys.made'));
    });

    it('never replaces a file, and is for one key of one client, in a language we write', () => {
      writeFileSync(at('taken.html'), 'kept');
      expect(make(dated, 'taken.html', ...forClient)).to.include({ status: 2 });
      expect(readFileSync(at('taken.html'), 'utf8')).to.equal('kept');
      const refused = [
        make(`${identity}\n${newIdentity().identity}`, 'two.html', ...forClient),
        make(recipient, 'open.html', ...forClient),
        make(dated, 'nobody.html'),
        make(dated, 'nowhere/sheet.html', ...forClient),
        make(dated, 'xx.html', ...forClient, '--lang', 'xx'),
      ];
      expect(refused.map(({ status }) => status)).to.deep.equal([2, 2, 2, 2, 2]);
      expect(refused.map(({ stderr }) => stderr).join()).to.not.include(identity);
      for (const name of ['two', 'open', 'nobody', 'xx'])
        expect(() => statSync(at(`${name}.html`)), name).to.throw('ENOENT');
    });
  });
});
