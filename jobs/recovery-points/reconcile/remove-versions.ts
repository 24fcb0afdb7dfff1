/** Removing an object so that nothing of it is left, nor billed. */
import { type Store, StoreError } from '../../stores/store.ts';
import type { Finding } from '../finding-codes.ts';

/** Hiding an object in a bucket that keeps versions would free nothing. The oldest goes first, so that a lock shows early. */
export async function removeVersions(store: Store, key: string): Promise<void> {
  const { versions } = store;
  if (!versions) return store.remove(key);
  const all = await Array.fromAsync(versions.list(key));
  for (const one of all.reverse()) if (one.key === key) await versions.remove(key, one.id);
}

/** Why the store holds on to something, or will not have our account remove it; null where it went. */
export async function refusalOf(remove: () => Promise<void>): Promise<Finding | null> {
  try {
    await remove();
    return null;
  } catch (error) {
    if (!(error instanceof StoreError) || !['refused', 'denied'].includes(error.fault)) throw error;
    return { ...error.because, message: error.message };
  }
}
