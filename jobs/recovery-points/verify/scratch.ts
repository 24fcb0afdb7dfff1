/** A private folder for a trial restore, removed whatever is in it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { openFolders } from '../restore/held.ts';

/** Of a command line; what is left goes with the folder. */
const MOST_NAMES = 1000;
const run = promisify(execFile);

export interface Scratch extends AsyncDisposable {
  /** Where the whole point is restored. */
  restored: string;
  /** Where a few files are restored, to be spoilt on purpose. */
  sample: string;
}

export async function makeScratch(parent: string): Promise<Scratch> {
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(path.join(parent, 'verify-'));
  const [restored, sample] = [path.join(folder, 'restored'), path.join(folder, 'sample')];
  await mkdir(restored, { mode: 0o700 });
  await mkdir(sample, { mode: 0o700 });
  return { restored, sample, [Symbol.asyncDispose]: () => removeTree(folder) };
}

/** By the system's own program, which is many times quicker. Folders restored as closed or read-only stand in their own way. */
export async function removeTree(folder: string): Promise<void> {
  try {
    const names = await readdir(path.join(folder, 'restored')).catch(() => []);
    const shares = [0, 1].map((share) => names.filter((_, i) => i % 2 === share).slice(0, MOST_NAMES));
    // Both to their end: what one could not remove the last call meets again.
    await Promise.allSettled(
      shares.map((share) =>
        run('rm', ['-rf', '--', ...share.map((name) => path.join(folder, 'restored', name))]),
      ),
    );
    await run('rm', ['-rf', '--', folder]);
  } catch {
    openFolders(Buffer.from(folder));
    await rm(folder, { recursive: true, force: true });
  }
}
