/** A store in memory, whose objects can be damaged and put back at no cost. */
import { because } from '#/jobs/recovery-points/finding-codes.ts';
import { type Store, StoreError } from '#/jobs/stores/store.ts';

export function memoryStore(objects: Map<string, Buffer>, like: Store): Store {
  const modifiedAt = new Date(0);
  const methods = {
    async put(key: string, body: Uint8Array, { ifAbsent = false } = {}) {
      if (ifAbsent && objects.has(key)) return 'exists';
      objects.set(key, Buffer.from(body));
      return 'created';
    },
    async get(key: string) {
      const found = objects.get(key);
      if (found) return Buffer.from(found);
      throw new StoreError(
        'not-found',
        because('store.object-missing', { address: like.address, object: key }),
        'There is no such object.',
        { key },
      );
    },
    async head(key: string) {
      const found = objects.get(key);
      return found ? { bytes: found.length, modifiedAt } : null;
    },
    async *list(prefix: string) {
      for (const key of [...objects.keys()].sort())
        if (key.startsWith(prefix)) yield { key, bytes: objects.get(key)!.length, modifiedAt };
    },
    async remove(key: string) {
      objects.delete(key);
    },
  };
  const properties = Object.entries({ ...methods, address: like.address }).map(
    ([name, value]) => [name, { value }] as const,
  );
  return Object.create(like, Object.fromEntries(properties));
}
