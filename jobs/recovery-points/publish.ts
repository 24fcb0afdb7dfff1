/** Bringing objects into a store for good: written once, looked at again, and never in the place of another. */
import { type Retention, type Store, StoreError } from '../stores/store.ts';
import { EngineError } from './contract.ts';
import { because } from './finding-codes.ts';
import { holdOn } from './hold.ts';
import { getOrNull } from './points.ts';

export interface PublishOptions {
  retention?: Retention | null;
  /** Of the body, where it is known. */
  sha256?: string;
  signal?: AbortSignal | undefined;
}

/** Creates an object and checks that the store has it in full. An equal one that is there already is as good, once it is held as long. */
export async function publish(
  store: Store,
  key: string,
  body: Uint8Array,
  { retention = null, sha256, signal }: PublishOptions = {},
): Promise<void> {
  const outcome = await store.put(key, body, {
    ifAbsent: true,
    ...(retention && { retention }),
    ...(sha256 && { sha256 }),
    ...(signal && { signal }),
  });
  // A lost answer makes the client ask twice, and the second time its own object is there.
  if (outcome === 'exists' && !(await getOrNull(store, key))?.equals(body))
    throw new EngineError(
      'data',
      because('store.object-taken', { address: store.address, object: key }),
      `${key} is in the store already, with other content.`,
      { where: key },
    );
  if (outcome === 'exists' && retention) await holdOn(store, [key], retention);
  const found = await store.head(key);
  if (found?.bytes !== body.length)
    throw new StoreError(
      'refused',
      because('store.object-incomplete', { address: store.address, object: key }),
      `The store took ${key} and does not have it in full. Check the store.`,
      { key },
    );
}

/** Writes a file that may change from release to release, when it differs from what is there. */
export async function publishText(store: Store, key: string, text: Buffer): Promise<void> {
  if (!(await getOrNull(store, key))?.equals(text)) await store.put(key, text);
}
