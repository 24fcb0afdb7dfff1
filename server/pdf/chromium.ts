/** The keeper of Puppeteer: finds a Chromium that can print, and prints in one that reaches nothing outside. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { type ChromiumProgram, unpackChromium } from './packed-chromium.ts';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
];

// Each of the last three alone keeps Chromium off the network; scripting and requests are refused on the page as well.
const ARGUMENTS = [
  '--disable-gpu',
  '--font-render-hinting=none',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--proxy-server=http://127.0.0.1:9',
  '--proxy-bypass-list=<-loopback>',
];

const LAUNCH_MS = 30_000;
const STEP_MS = 120_000; // loading or printing 200 pages takes about 3 seconds
const CLOSE_MS = 5_000;

/** A Chromium that has printed a page on this machine. */
export interface Chromium extends ChromiumProgram {
  /** For example `HeadlessChrome/153.0.8010.0`. */
  version: string;
  sandbox: boolean;
}

/** One document in one browser. */
export interface Printer {
  load(html: string): Promise<void>;
  /** Puts texts into the elements whose attribute names them. */
  fill(attribute: string, texts: Record<string, string>): Promise<void>;
  /** The values of an attribute, wherever it stands in the document. */
  valuesOf(attribute: string): Promise<string[]>;
  title(): Promise<string>;
  print(options: { tagged: boolean }): Promise<Buffer>;
}

export interface ChromiumPlaces {
  /** Null: the one that npm brought, else the system's. */
  chromiumPath: string | null;
  /** Where the one that npm brought is unpacked. */
  cacheDir: string;
}

// Testing a Chromium takes as long as a small report, so each is tested once in the life of a process.
const tested = new Map<string, Promise<Chromium>>();

/** Finds a Chromium and has it print a page once. Throws in words for people. */
export function findChromium(places: ChromiumPlaces): Promise<Chromium> {
  const key = JSON.stringify([places.chromiumPath, places.cacheDir]);
  const known = tested.get(key);
  if (known) return known;
  const found = findProgram(places).then(testProgram);
  tested.set(key, found);
  found.catch(() => tested.delete(key));
  return found;
}

/** Starts a browser for one document, and ends it whatever happens. */
export async function withPrinter<Result>(
  chromium: ChromiumProgram & { sandbox: boolean },
  work: (printer: Printer, version: string) => Promise<Result>,
): Promise<Result> {
  const browser = await launch(chromium);
  try {
    return await work(printerOf(await openClosedPage(browser)), await browser.version());
  } finally {
    await end(browser);
  }
}

async function findProgram({ chromiumPath, cacheDir }: ChromiumPlaces): Promise<ChromiumProgram> {
  if (chromiumPath !== null) return { path: chromiumPath, environment: {} };
  const packed = await unpackChromium(resolve(cacheDir));
  if (packed) return packed;
  for (const path of SYSTEM_PATHS) if (await exists(path)) return { path, environment: {} };
  throw new Error(
    'No Chromium was found for reports. Run npm ci, or install Chromium and set REPORT_CHROMIUM_PATH.',
  );
}

async function testProgram(program: ChromiumProgram): Promise<Chromium> {
  if (process.getuid?.() === 0) return testWith(program, false); // Chromium refuses its sandbox to root
  // Containers often forbid what the sandbox is made of.
  return testWith(program, true).catch(() => testWith(program, false));
}

async function testWith(program: ChromiumProgram, sandbox: boolean): Promise<Chromium> {
  try {
    return await withPrinter({ ...program, sandbox }, async (printer, version) => {
      await printer.load('<!doctype html><meta charset="utf-8"><p>é</p>');
      const pdf = await printer.print({ tagged: false });
      if (!pdf.includes('/Type /Font')) throw new Error('It printed a blank page: no font was found.');
      return { ...program, version, sandbox };
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`Chromium at ${program.path} cannot print reports. ${message}`, { cause: error });
  }
}

function launch({ path, environment, sandbox }: ChromiumProgram & { sandbox: boolean }): Promise<Browser> {
  const { PATH, HOME } = process.env;
  return puppeteer.launch({
    executablePath: path,
    headless: 'shell',
    pipe: true, // no port that others could reach
    args: sandbox ? ARGUMENTS : [...ARGUMENTS, '--no-sandbox'],
    env: { PATH, HOME, ...environment },
    timeout: LAUNCH_MS,
    protocolTimeout: STEP_MS,
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
}

/** A page without scripting and without requests. */
async function openClosedPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(STEP_MS);
  await page.setJavaScriptEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) void request.abort('blockedbyclient');
  });
  return page;
}

/** What is evaluated here is ours and runs although the page's own scripting is off. */
function printerOf(page: Page): Printer {
  return {
    load: (html) => page.setContent(html, { waitUntil: 'load', timeout: STEP_MS }),
    fill: (attribute, texts) =>
      page.evaluate(`{
      const texts = ${JSON.stringify(texts)};
      for (const element of document.querySelectorAll('[${attribute}]'))
        element.textContent = texts[element.getAttribute('${attribute}')];
    }`) as Promise<void>,
    valuesOf: (attribute) =>
      page.evaluate(
        `[...document.querySelectorAll('[${attribute}]')].map((element) => element.getAttribute('${attribute}'))`,
      ) as Promise<string[]>,
    title: () => page.title(),
    print: async ({ tagged }) =>
      Buffer.from(
        await page.pdf({
          tagged,
          outline: tagged,
          preferCSSPageSize: true,
          printBackground: true,
          timeout: STEP_MS,
        }),
      ),
  };
}

async function end(browser: Browser) {
  const process = browser.process();
  const closed = browser.close().catch(() => {}); // killed below, so how it failed to close does not matter
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, CLOSE_MS);
  await Promise.race([closed, late.promise]);
  clearTimeout(timer);
  process?.kill('SIGKILL');
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
