/** Which entries of a manifest are asked for: by their paths as they are, or by globs. */
import { EngineError } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { globOf } from '../globs.ts';
import type { Entry } from '../manifest/entry.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { encodePath } from '../paths.ts';

/** One way to read what was asked for, and what it found. A folder is found with all that is in it. */
interface Reading {
  fits(path: string): boolean;
  found: Set<string>;
  folder: string | null;
}

/**
 * Paths that are asked for, with the folders they lie in. A text that is a path of the manifest means that path, whatever
 * characters are in it; else one as the manifest writes it, with `%XX`; else it is a glob. Each must find something.
 */
export function select(manifest: Manifest, only: string[]): Set<string> {
  const asked = only.map((text) => ({ text, readings: readingsOf(text) }));
  // What could not be read is asked for as well: that it is missing must be told.
  for (const { path, at, line } of manifest.scan())
    if (at || line.includes(',"reservation":{'))
      for (const { readings } of asked) for (const reading of readings) look(reading, path);

  const wanted = new Set<string>();
  for (const { text, readings } of asked) {
    const best = readings.find(({ found }) => found.size > 0);
    if (!best) throw nothingMatches(text);
    for (const path of best.found) wanted.add(path);
  }
  for (const path of [...wanted]) for (const parent of parentsOf(path)) wanted.add(parent);
  return wanted;
}

/** The one entry of a path, given as it is or as the manifest writes it. */
export function findEntry(manifest: Manifest, asked: string): Entry {
  const [own, coded] = namesOf(asked);
  let found: string | null = null;
  for (const { path, line } of manifest.scan())
    if (path === own || (path === coded && found === null)) found = line;
  if (found === null) throw nothingMatches(asked);
  return JSON.parse(found) as Entry;
}

/** The folders above a path, the root first. */
export function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return ['.', ...parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'))];
}

function readingsOf(text: string): Reading[] {
  const [own, coded] = namesOf(text);
  const tests = [(path: string) => path === own, (path: string) => path === coded, globOf(coded)];
  return tests.map((fits) => ({ fits, found: new Set(), folder: null }));
}

/** A path as the manifest would write it, and the text as it stands. */
function namesOf(text: string): [own: string, coded: string] {
  const plain = text.replace(/^(\.\/+)+(?=.)/, '').replace(/(?<=[^/])\/+$/, '');
  return [encodePath(Buffer.from(plain)), plain];
}

function look(reading: Reading, path: string): void {
  const { found, folder } = reading;
  if (folder !== null && (folder === '.' || path.startsWith(`${folder}/`))) found.add(path);
  else if (reading.fits(path)) {
    found.add(path);
    reading.folder = path;
  }
}

function nothingMatches(pattern: string): EngineError {
  return new EngineError(
    'call',
    because('ask.nothing-matches', { pattern }),
    `Nothing in this recovery point matches ${pattern}.`,
  );
}
