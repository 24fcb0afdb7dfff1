import { posix as path } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Whether a `file:` address lies in one of the folders, or is one. Links are not followed here. */
export function isWithin(address: URL, folders: readonly string[]): boolean {
  const target = pathOf(address);
  if (target === null) return false;
  return folders.some((folder) => {
    const base = path.resolve(folder);
    return target === base || target.startsWith(base === '/' ? '/' : `${base}/`);
  });
}

function pathOf(address: URL): string | null {
  try {
    return path.resolve(fileURLToPath(address));
  } catch {
    return null; // an encoded slash or another host: not a folder of this machine
  }
}
