import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { because } from '../recovery-points/finding-codes.ts';
import { SourceError } from './source.ts';

/** Puts a canary into a folder, and never over anything. One that lies there already as it should is as good. */
export async function plantCanary(
  folder: string,
  { path, text }: { path: string; text: string },
): Promise<void> {
  const full = join(folder, path);
  try {
    await writeFile(full, text, { flag: 'wx', mode: 0o644 });
  } catch (error) {
    const { code, message: original } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await readFile(full, 'utf8').catch(() => null)) === text) return;
    throw new SourceError(
      'denied',
      because('source.canary-refused', { path, original }),
      `No canary file could be put into the source: ${original}`,
      { cause: error },
    );
  }
}
