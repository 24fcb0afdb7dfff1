/** PostgreSQL's client programs for the tests: unpacked once in a run, removed after it. */
import { rm } from 'node:fs/promises';
import { makeFastFolder } from './folders.ts';

let folder: Promise<string> | null = null;

/** The folder that all tests of a run give as `programsDir`. */
export function testProgramsDir(): Promise<string> {
  folder ??= makeFastFolder('programs');
  return folder;
}

// At the top of a module mocha takes this as a hook of the whole run.
if (typeof after === 'function') {
  after('remove the unpacked programs', async () => {
    if (folder) await rm(await folder, { recursive: true });
    folder = null;
  });
}
