import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import type { AxeResults, RunOnly } from 'axe-core';
import { expect } from 'chai';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { CONTENT_POLICY } from '#/server/app.ts';
import { findChromium } from '#/server/pdf/chromium.ts';
import { ASSETS, loadTemplates } from '#/server/templates.ts';
import { PAGES } from './pages.ts';

const CACHE = resolve('node_modules/.cache/reprise');
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const templates = loadTemplates();
/** Fragments are looked at within the pages that hold them. */
const WHOLE = PAGES.filter(({ template }) => !template.startsWith('partials/'));

describe('pages in a browser', () => {
  let server: Server;
  let browser: Browser;
  let plain: Page;
  let examined: Page;
  const complaints: string[] = [];
  const addressOf = (name: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;

  const show = async (page: Page, name: string, scheme: 'light' | 'dark') => {
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    await go(page, addressOf(name));
  };

  const widthOf = async (address: string, width: number) => {
    await plain.setViewport({ width, height: 800 });
    await go(plain, address);
    await plain.evaluate(OPEN_ALL);
    return await plain.evaluate('document.documentElement.scrollWidth');
  };

  before(async () => {
    server = createServer((request, response) => {
      answer(request.url ?? '').then(
        (send) => send(response),
        (error) => response.writeHead(500).end(String(error)), // a page that throws must not leave the browser waiting
      );
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { path, environment, sandbox } = await findChromium({ chromiumPath: null, cacheDir: CACHE });
    browser = await puppeteer.launch({
      executablePath: path,
      headless: 'shell',
      pipe: true,
      args: sandbox ? ['--disable-gpu'] : ['--disable-gpu', '--no-sandbox'],
      env: { ...process.env, ...environment },
    });
    plain = await browser.newPage();
    plain.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    plain.on('pageerror', (error) => complaints.push(String(error)));
    examined = await browser.newPage();
    await examined.setBypassCSP(true); // axe styles what it measures
  });

  after(async () => {
    await browser?.close();
    server?.close();
  });

  for (const { name } of WHOLE) {
    it(`${name} keeps to the content policy and fits a small screen`, async () => {
      complaints.length = 0;
      expect(await widthOf(addressOf(name), 360)).to.be.at.most(360);
      expect(complaints).to.deep.equal([]);
    });

    it(`${name} has room for names that nothing breaks`, async () => {
      expect(await widthOf(`${addressOf(name)}?long`, 360)).to.be.at.most(360);
    });

    it(`${name} can be read by everybody`, async () => {
      await show(examined, name, 'light');
      expect(await violations(examined, { type: 'tag', values: RULES })).to.equal('');
    });

    it(`${name} can be read in the dark`, async () => {
      await show(examined, name, 'dark');
      expect(await violations(examined, { type: 'rule', values: ['color-contrast'] })).to.equal('');
    });
  }
});

async function go(page: Page, address: string) {
  const response = await page.goto(address, { waitUntil: 'load' });
  if (!response?.ok()) throw new Error((await response?.text()) ?? `No answer from ${address}`);
}

const OPEN_ALL = 'for (const one of document.querySelectorAll("details")) one.open = true';

/** What axe finds, with everything folded away opened first. */
async function violations(page: Page, runOnly: RunOnly): Promise<string> {
  await page.evaluate(OPEN_ALL);
  await page.evaluate(await readFile(AXE, 'utf8'));
  const run = `axe.run(document, { runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`;
  const results = (await page.evaluate(run)) as AxeResults;
  return results.violations
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`),
    )
    .join('\n');
}

type Send = (response: import('node:http').ServerResponse) => void;

async function answer(url: string): Promise<Send> {
  if (url.startsWith('/assets/')) {
    const file = join(ASSETS, url.slice('/assets/'.length));
    const body = await readFile(file).catch(() => null);
    return (response) =>
      void response
        .writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'text/plain' })
        .end(body);
  }
  const { pathname, search } = new URL(url, 'http://localhost');
  const example = PAGES.find(({ name }) => pathname === `/${name}`);
  if (!example) return (response) => void response.writeHead(404).end();
  const data = search === '' ? example.data : withLongNames(example.data);
  const html = templates.render(example.template, 'fr', { ...data, locale: 'fr' });
  return (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
      .end(html);
}

/** Every name that people gave becomes one that is long and has no place to break, half of it from right to left. */
function withLongNames(data: object): object {
  const long = `${'Z'.repeat(90)}${'\u062e'.repeat(90)}`;
  const names =
    /Groupe Valmont Distribution|Base ERP|Claire Desrosiers|Préparation des commandes|PRA du système d’information|Coffre S3 Roubaix/g;
  return JSON.parse(JSON.stringify(data).replace(names, long));
}

const POLICY = Object.entries(CONTENT_POLICY.directives)
  .map(
    ([name, values]) =>
      `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${values.join(' ')}`,
  )
  .join('; ');
