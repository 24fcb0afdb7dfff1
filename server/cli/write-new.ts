/** Writes files that hold secrets: for their owner only, never over another, and on the disk before anybody relies on them. */
import { open } from 'node:fs/promises';
import { CallError } from './call.ts';

export async function writeNew(file: string, content: string | Uint8Array): Promise<void> {
  await using handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CallError(
      error.code === 'EEXIST'
        ? `${file} exists already and is left alone.`
        : `${file} cannot be written (${error.code}).`,
    );
  });
  await handle.writeFile(content);
  await handle.sync();
}
