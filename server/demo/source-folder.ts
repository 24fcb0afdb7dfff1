import { opendir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const ENOUGH = 1000;
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** Real content that any machine has: its documentation, or else the packages this service is made of. */
export async function findSourceFolder(): Promise<string> {
  for (const folder of ['/usr/share/doc', '/usr/share']) if (await hasEnoughFiles(folder)) return folder;
  return `${MODULES}@aws-sdk`;
}

async function hasEnoughFiles(folder: string): Promise<boolean> {
  let files = 0;
  try {
    for await (const entry of await opendir(folder, { recursive: true })) {
      if (entry.isFile()) files += 1;
      if (files >= ENOUGH) return true;
    }
  } catch {
    return false; // a folder that is not there or not ours to read has nothing for a demo
  }
  return false;
}
