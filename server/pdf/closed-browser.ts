/** The keeper of Puppeteer: a browser that reaches nothing outside, and prints one document after the other. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import type { ChromiumProgram } from './packed-chromium.ts';

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

/** One document. */
export interface Printer {
  load(html: string): Promise<void>;
  /** Puts texts into the elements whose attribute names them. */
  fill(attribute: string, texts: Record<string, string>): Promise<void>;
  /** The values of an attribute, wherever it stands in the document. */
  valuesOf(attribute: string): Promise<string[]>;
  title(): Promise<string>;
  print(options: { tagged: boolean }): Promise<Buffer>;
}

export interface ClosedBrowser {
  /** For example `HeadlessChrome/153.0.8010.0`. */
  version: string;
  pid: number;
  /** Whether it can still be spoken to. */
  isAlive(): boolean;
  /** Hands over a page of a fresh profile, of which nothing is left afterwards. */
  withPrinter<Result>(work: (printer: Printer) => Promise<Result>): Promise<Result>;
  /** Lets it close, and kills it where it does not. */
  end(): Promise<void>;
  kill(): void;
}

export async function launchBrowser({
  path,
  environment,
  sandbox,
}: ChromiumProgram & { sandbox: boolean }): Promise<ClosedBrowser> {
  const { PATH, HOME } = process.env;
  const browser = await puppeteer.launch({
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
  const started = browser.process()!;
  const kill = () => void started.kill('SIGKILL');
  return {
    version: await browser.version(),
    pid: started.pid!,
    isAlive: () => browser.connected && started.exitCode === null,
    withPrinter: (work) => inFreshProfile(browser, work),
    end: () => end(browser, kill),
    kill,
  };
}

async function inFreshProfile<Result>(
  browser: Browser,
  work: (printer: Printer) => Promise<Result>,
): Promise<Result> {
  const profile = await browser.createBrowserContext();
  const page = await profile.newPage();
  await close(page);
  const crashed = Promise.withResolvers<never>();
  page.once('error', crashed.reject);
  const result = await Promise.race([work(printerOf(page)), crashed.promise]);
  await profile.close();
  return result;
}

/** Neither scripting nor requests. */
async function close(page: Page) {
  page.setDefaultTimeout(STEP_MS);
  await page.setJavaScriptEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', (request) => {
    if (!request.url().startsWith('data:')) void request.abort('blockedbyclient');
  });
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

async function end(browser: Browser, kill: () => void) {
  const closed = browser.close().catch(() => {}); // killed below, so how it failed to close does not matter
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, CLOSE_MS);
  await Promise.race([closed, late.promise]);
  clearTimeout(timer);
  kill();
}
