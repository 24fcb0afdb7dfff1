/** Folders for servers that live as long as the tests. */
import { mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '#/server/postgresql/postmaster.ts';

const ENOUGH_BYTES = 1024 ** 3;
const OURS = /^reprise-test-(\d+)-/;

/**
 * Makes a folder in memory when a gigabyte is free there, else on disk. Whoever asks removes it; what a killed run left
 * is removed here.
 */
export async function makeFastFolder(name: string): Promise<string> {
  const parent = (await isRoomy('/dev/shm')) ? '/dev/shm' : tmpdir();
  await removeLeftovers(parent);
  return mkdtemp(join(parent, `reprise-test-${process.pid}-${name}-`));
}

async function isRoomy(folder: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize >= ENOUGH_BYTES;
  } catch {
    return false; // a machine without shared memory: the disk will do
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const maker = OURS.exec(name)?.[1];
    if (maker && !(await isAlive(Number(maker))))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}
