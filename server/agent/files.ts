/** The agent's own files: written whole or not at all, and for nobody else to read. */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The JSON of a file; null when there is none. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A power cut leaves the file before or the file after. */
export async function writeJson(file: string, content: unknown): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  await using handle = await open(draft, 'wx', 0o600);
  await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
  await handle.sync();
  await rename(draft, file);
  await syncFolder(dirname(file));
}

async function syncFolder(folder: string) {
  await using handle = await open(folder, 'r');
  await handle.sync();
}
