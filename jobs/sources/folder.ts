/** A folder as a source: captured as it lies. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { because } from '../recovery-points/finding-codes.ts';
import { type PreparedSource, type Source, SourceError } from './source.ts';

/** Makes a source of a folder's path. Whether it is there shows when it is prepared. */
export function folderSource(folder: string): Source {
  const address = path.resolve(folder);
  return {
    kind: 'folder',
    address,
    async prepare({ now }): Promise<PreparedSource> {
      const root = await findFolder(address);
      return { root, dataTime: now(), inventory: null, reservations: [], async [Symbol.asyncDispose]() {} };
    },
  };
}

async function findFolder(address: string): Promise<string> {
  try {
    const root = await realpath(address);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const { code = 'EIO' } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM')
      throw new SourceError(
        'denied',
        because('source.denied', { address }),
        `This user may not read ${address}.`,
        { cause: error },
      );
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      throw new SourceError(
        'unreadable',
        because('source.unreadable', { address, cause: code }),
        `${address} cannot be read: ${(error as Error).message}`,
        { cause: error },
      );
    throw new SourceError(
      'not-found',
      because('source.missing', { address }),
      `There is no folder ${address}.`,
      { cause: error },
    );
  }
  throw new SourceError(
    'not-found',
    because('source.not-a-folder', { address }),
    `${address} is not a folder.`,
  );
}
