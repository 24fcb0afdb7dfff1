/** Finds a Chromium that can print on this machine. */
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { launchBrowser } from './closed-browser.ts';
import { type ChromiumProgram, unpackChromium } from './packed-chromium.ts';

const SYSTEM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome-stable',
  '/opt/google/chrome/chrome',
];

/** A Chromium that has printed a page on this machine. */
export interface Chromium extends ChromiumProgram {
  sandbox: boolean;
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
    await testPrint({ ...program, sandbox });
    return { ...program, sandbox };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`Chromium at ${program.path} cannot print reports. ${message}`, { cause: error });
  }
}

async function testPrint(chromium: Chromium) {
  const browser = await launchBrowser(chromium);
  try {
    const pdf = await browser.withPrinter(async (printer) => {
      await printer.load('<!doctype html><meta charset="utf-8"><p>é</p>');
      return printer.print({ tagged: false });
    });
    if (!pdf.includes('/Type /Font')) throw new Error('It printed a blank page: no font was found.');
  } finally {
    await browser.end();
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );
