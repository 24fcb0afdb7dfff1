/** Fetching a pack and having a thread look at it. */
import type { Store } from '../../stores/store.ts';
import { getOrNull } from '../points.ts';
import type { Opened, OpenOrder } from './read-order.ts';
import type { ReadPool } from './read-pool.ts';

export interface PackPlace {
  store: Pick<Store, 'get'>;
  key: string;
  sha256: string;
  pool: ReadPool;
  signal?: AbortSignal | undefined;
}

/**
 * What a thread found in a pack, and its size; null when it is not there. The thread hashes it, so that the store need
 * not. Where the hash differs it is fetched once more with the store's own check, which tells bytes that were changed on
 * the way from those that lie there so. `open` says what is wanted of it, anew each time it is asked.
 */
export async function fetchPack(
  { store, key, sha256, pool, signal }: PackPlace,
  open: () => OpenOrder['open'],
): Promise<{ bytes: number; opened: Opened } | null> {
  using memory = pool.lend();
  const look = async (isChecked: boolean) => {
    const sealed = await getOrNull(store, key, { into: memory.into, isChecked, signal });
    if (!sealed) return null;
    const wanted = open();
    const opened = await pool.open({ kind: 'open', sealed, sha256, ...(wanted && { open: wanted }) });
    return { bytes: sealed.length, opened };
  };
  const found = await look(false);
  return found === null || found.opened.sha256 === sha256 ? found : look(true);
}
