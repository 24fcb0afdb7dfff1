/** The names objects may have, the same for every store. */
import { because } from '../recovery-points/finding-codes.ts';
import { StoreError } from './store.ts';

/** Begins the name of a file that is still being written. Never listed, never a key. */
export const UNFINISHED = '.reprise-unfinished-';

/** Refuses a key that could leave the store or clash with a file in the making. */
export function checkKey(key: string): void {
  const parts = key.split('/');
  const bad = parts.some(
    (part) => part === '' || part === '.' || part === '..' || part.startsWith(UNFINISHED),
  );
  if (bad || key.includes('\0'))
    throw new StoreError(
      'refused',
      because('store.bad-name', { object: key }),
      `"${key}" cannot be an object's name.`,
      { key },
    );
}
