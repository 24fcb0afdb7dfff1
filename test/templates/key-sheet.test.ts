import { expect } from 'chai';
import type { Page } from 'puppeteer-core';
import { loadTemplates } from '#/server/templates.ts';
import { runProgram, withFile } from '../pdf/support.ts';
import { go, type Looking, openBrowser } from './browser.ts';
import { created } from './examples.ts';

const templates = loadTemplates();

describe('an escrow sheet, as it is shown once', function () {
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

  it('stays on one page for a client with the longest of names', async () => {
    await go(page, `${looking.addressOf('created')}?long`);
    await printed(async (file) => {
      expect((await runProgram('pdfinfo', file)).output).to.match(/Pages: +1\n/);
    });
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
