/** Every page with its examples, served with the content policy of the service, and a real browser to look at them. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { Locale } from '#/plans/reports/head.ts';
import { CONTENT_POLICY } from '#/server/app.ts';
import { findChromium } from '#/server/pdf/chromium.ts';
import { ASSETS, loadTemplates } from '#/server/templates.ts';
import { PAGES } from './pages.ts';

const CACHE = resolve('node_modules/.cache/reprise');
const TYPES: Record<string, string> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};
const templates = loadTemplates();

/** Fragments are looked at within the pages that hold them. */
export const WHOLE = PAGES.filter(({ template }) => !template.startsWith('partials/'));

export interface Looking extends AsyncDisposable {
  browser: Browser;
  addressOf(name: string, locale?: Locale): string;
}

export async function openBrowser(): Promise<Looking> {
  await using stack = new AsyncDisposableStack();
  const server = createServer((request, response) => {
    answer(request.url ?? '').then(
      (send) => send(response),
      (error) => response.writeHead(500).end(String(error)), // a page that throws must not leave the browser waiting
    );
  });
  stack.defer(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { path, environment, sandbox } = await findChromium({ chromiumPath: null, cacheDir: CACHE });
  const browser = await puppeteer.launch({
    executablePath: path,
    headless: 'shell',
    pipe: true,
    args: sandbox ? ['--disable-gpu'] : ['--disable-gpu', '--no-sandbox'],
    env: { ...process.env, ...environment },
  });
  stack.defer(() => browser.close());
  const { port } = server.address() as AddressInfo;
  const owned = stack.move();
  return {
    browser,
    addressOf: (name, locale = 'fr') => `http://127.0.0.1:${port}/${locale}/${name}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export async function go(page: Page, address: string) {
  const response = await page.goto(address, { waitUntil: 'load' });
  if (!response?.ok()) throw new Error((await response?.text()) ?? `No answer from ${address}`);
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
  // A stream in which nothing happens.
  if (url.startsWith('/live?of='))
    return (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
  const { pathname, search } = new URL(url, 'http://localhost');
  const [, locale, page] = pathname.split('/') as [string, Locale, string];
  const example = PAGES.find(({ name }) => name === page);
  if (!example) return (response) => void response.writeHead(404).end();
  const data = search === '' ? example.data : withLongNames(example.data);
  const html = templates.render(example.template, locale, { ...data, locale });
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
