import { because } from '../recovery-points/finding-codes.ts';
import { type Store, StoreError } from './store.ts';

/**
 * Refuses a folder in which nothing lies where recovery points are on record: its disk is not mounted. What is written there would lie
 * under the disk, out of sight, and what is on the disk would be called lost. A bucket is never another one.
 */
export async function refuseEmptyFolder(store: Store): Promise<void> {
  if (!store.address.startsWith('file:')) return;
  for await (const _ of store.list('')) return;
  throw new StoreError(
    'unreachable',
    because('store.empty', { address: store.address }),
    `The folder ${store.address} is empty, although recovery points are on record there. Is its disk mounted?`,
  );
}
