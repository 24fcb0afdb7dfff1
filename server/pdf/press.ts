/** One browser for many documents, one at a time: started when something is to be drawn, and replaced before it grows. */
import { DrawingError } from '#/jobs/drawing-error.ts';
import { type ChromiumPlaces, findChromium } from './chromium.ts';
import { type ClosedBrowser, launchBrowser, type Printer } from './closed-browser.ts';
import { privateMemoryOf } from './private-memory.ts';

const MIB = 2 ** 20;

export const LIMITS = {
  /** After so many documents, or so much HTML and PDF, the next one gets another browser. */
  documents: 50,
  bytes: 256 * MIB,
  /** A document that takes more is ended. 200 pages take some 6 seconds and 400 MiB. */
  seconds: 240,
  memoryBytes: 2048 * MIB,
  /** A browser with nothing to draw is ended. */
  idleSeconds: 30,
};

const LOOK_MS = 200;

/** Hands over a printer for one document, and tells which Chromium it is. */
export type Print = <Result>(work: (printer: Printer, version: string) => Promise<Result>) => Promise<Result>;

export interface Press extends AsyncDisposable {
  /** Nobody else's documents go through the same browser. */
  printFor(owner: string): Print;
}

interface Running {
  owner: string;
  browser: ClosedBrowser;
  documents: number;
  bytes: number;
}

export function openPress(places: ChromiumPlaces, limits = LIMITS): Press {
  let running: Running | null = null;
  let idle: NodeJS.Timeout | undefined;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(run);
    last = turn.catch(() => {}); // whoever asked hears of it
    return turn;
  };
  const end = async () => {
    const ended = running;
    running = null;
    await ended?.browser.end();
  };
  const browserFor = async (owner: string): Promise<Running> => {
    if (running && (running.owner !== owner || isUsedUp(running, limits))) await end();
    if (!running && !isClosed)
      running = {
        ...{ owner, documents: 0, bytes: 0 },
        browser: await launchBrowser(await findChromium(places)),
      };
    if (isClosed || !running) throw new Error('The press is closed.');
    return running;
  };
  const endIfIdle = () => void inTurn(end);

  return {
    printFor: (owner) => (work) =>
      inTurn(async () => {
        clearTimeout(idle);
        const used = await browserFor(owner);
        used.documents++;
        try {
          return await withinLimits(used, limits, (printer) => work(printer, used.browser.version));
        } catch (error) {
          used.browser.kill();
          running = null;
          throw error;
        } finally {
          idle = setTimeout(endIfIdle, limits.idleSeconds * 1000).unref();
        }
      }),
    [Symbol.asyncDispose]: async () => {
      isClosed = true;
      running?.browser.kill();
      await last;
      clearTimeout(idle);
      await end();
    },
  };
}

/** For a single document: its browser is ended with it. */
export const printOnce =
  (places: ChromiumPlaces): Print =>
  async (work) => {
    await using press = openPress(places);
    return await press.printFor('')(work);
  };

const isUsedUp = ({ browser, documents, bytes }: Running, limits: typeof LIMITS): boolean =>
  !browser.isAlive() || documents >= limits.documents || bytes >= limits.bytes;

/** A document that takes too long or too much is let go of; its browser is of no more use then. */
async function withinLimits<Result>(
  used: Running,
  limits: typeof LIMITS,
  work: (printer: Printer) => Promise<Result>,
): Promise<Result> {
  const broken = Promise.withResolvers<never>();
  const timer = setTimeout(() => broken.reject(tookTooLong(limits.seconds)), limits.seconds * 1000);
  const looks = setInterval(() => {
    if (privateMemoryOf(used.browser.pid) > limits.memoryBytes)
      broken.reject(tookTooMuch(limits.memoryBytes));
  }, LOOK_MS);
  try {
    const drawn = used.browser.withPrinter((printer) => work(counting(printer, used)));
    return await Promise.race([drawn, broken.promise]);
  } finally {
    clearTimeout(timer);
    clearInterval(looks);
  }
}

const counting = (printer: Printer, used: Running): Printer => ({
  ...printer,
  load: (html) => {
    used.bytes += html.length;
    return printer.load(html);
  },
  print: async (options) => {
    const pdf = await printer.print(options);
    used.bytes += pdf.length;
    return pdf;
  },
});

const tookTooLong = (seconds: number) =>
  new DrawingError({
    code: 'drawing.too-long',
    params: { seconds },
    message: `The document was not drawn within ${seconds} seconds.`,
  });

const tookTooMuch = (bytes: number) =>
  new DrawingError({
    code: 'drawing.too-large',
    params: { bytes },
    message: `Drawing the document took more than ${bytes} bytes of memory.`,
  });
