import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOnly } from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'puppeteer-core';
import { go, type Looking, openBrowser, WHOLE } from './browser.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
type Scheme = 'light' | 'dark';
/** Nothing but colours follows from the scheme, so each width is looked at in one. */
const SMALL: { width: number; scheme: Scheme }[] = [
  { width: 360, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

describe('pages in a browser', () => {
  let looking: Looking;
  let plain: Page;
  let examined: Page;
  const complaints: string[] = [];

  const schemeOf = (page: Page, scheme: Scheme) =>
    page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: scheme },
      { name: 'prefers-reduced-motion', value: 'reduce' }, // a colour half-way to its next is none that stays
    ]);

  /** By how much a page is wider than small screens; nothing when it never is. */
  const tooWide = async (address: string): Promise<string[]> => {
    await go(plain, address);
    await plain.evaluate(OPEN_ALL);
    const found: string[] = [];
    for (const { width, scheme } of SMALL) {
      await plain.setViewport({ width, height: 800 });
      await schemeOf(plain, scheme);
      const [content, seen] = (await plain.evaluate(
        '[document.documentElement.scrollWidth, innerWidth]',
      )) as [number, number];
      if (content > seen) found.push(`${content} on ${width}, ${scheme}`);
    }
    return found;
  };

  before(async () => {
    looking = await openBrowser();
    plain = await looking.browser.newPage();
    plain.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    plain.on('pageerror', (error) => complaints.push(String(error)));
    examined = await looking.browser.newPage();
    await examined.setBypassCSP(true); // axe styles what it measures
    await examined.evaluateOnNewDocument(await readFile(AXE, 'utf8'));
  });

  after(() => looking?.[Symbol.asyncDispose]());

  for (const { name } of WHOLE) {
    it(`${name} keeps to the content policy and fits a small screen`, async () => {
      complaints.length = 0;
      expect(await tooWide(looking.addressOf(name))).to.deep.equal([]);
      expect(complaints).to.deep.equal([]);
    });

    it(`${name} has room for names that nothing breaks`, async () => {
      expect(await tooWide(`${looking.addressOf(name)}?long`)).to.deep.equal([]);
    });

    it(`${name} can be read by everybody, also in the dark`, async () => {
      await schemeOf(examined, 'light');
      await go(examined, looking.addressOf(name));
      await examined.evaluate(OPEN_ALL);
      expect(await violations(examined, { type: 'tag', values: RULES })).to.equal('');
      // Only colours differ: the page need not be drawn anew.
      await schemeOf(examined, 'dark');
      expect(await violations(examined, { type: 'rule', values: ['color-contrast'] }), 'dark').to.equal('');
    });
  }

  it('has room for the long words of Dutch', async () => {
    for (const name of ['overview', 'protection', 'activity', 'people', 'drills', 'retention'])
      expect(await tooWide(looking.addressOf(name, 'nl')), name).to.deep.equal([]);
  });

  it('a wide table of a plan scrolls in its own box', async () => {
    await plain.setViewport({ width: 390, height: 800 });
    await go(plain, looking.addressOf('plan-version'));
    const [content, seen] = (await plain.evaluate(
      '(({ scrollWidth, clientWidth }) => [scrollWidth, clientWidth])(document.querySelector(".prose .table-box"))',
    )) as [number, number];
    expect(content).to.be.above(seen);
    expect(seen).to.be.at.most(390);
  });
});

const OPEN_ALL = 'for (const one of document.querySelectorAll("details")) one.open = true';

/** What axe finds. */
async function violations(page: Page, runOnly: RunOnly): Promise<string> {
  const run = `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`;
  const results = (await page.evaluate(run)) as AxeResults;
  return results.violations
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    )
    .join('\n');
}
