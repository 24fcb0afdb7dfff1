/** Folders for servers that live as long as the tests. */
import { mkdtemp, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ENOUGH_BYTES = 1024 ** 3;

/** Makes a folder in memory when a gigabyte is free there, else on disk. Whoever asks removes it. */
export async function makeFastFolder(name: string): Promise<string> {
  return mkdtemp(join((await isRoomy('/dev/shm')) ? '/dev/shm' : tmpdir(), `reprise-${name}-`));
}

async function isRoomy(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false; // a machine without shared memory: the disk will do
  }
}
