/** L0: every object a head cites is in the store, with the size on record. */
import type { Store } from '../../stores/store.ts';
import { because } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { packKey, pointKeys } from '../layout.ts';
import type { Finding } from './ledger.ts';

const AT_ONCE = 16;

/** An object and the size it must have. */
export interface Cited {
  key: string;
  bytes: number;
}

/** The manifest and packs of a point. */
export function citedObjects(head: Head): Cited[] {
  const manifest = { key: pointKeys(head.asset, head.point).manifest, bytes: head.manifest.bytes };
  return [manifest, ...head.packs.map(({ sha256, bytes }) => ({ key: packKey(head.asset, sha256), bytes }))];
}

/** Looks at each object and names those that are missing or of another size. */
export async function findAbsent(store: Pick<Store, 'head'>, objects: Cited[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  const queue = [...objects];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const finding = await look(store, next);
      if (finding) findings.push(finding);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return findings;
}

async function look(store: Pick<Store, 'head'>, { key, bytes }: Cited): Promise<Finding | null> {
  const found = await store.head(key);
  const expected = `${bytes} bytes`;
  if (!found) {
    const code = key.includes('/packs/') ? 'pack.missing' : 'manifest.missing';
    const why = because(code, { object: key });
    return { name: 'object-present', expected, observed: 'missing', where: key, because: why };
  }
  if (found.bytes === bytes) return null;
  const why = because('object.wrong-size', { object: key, expected: bytes, found: found.bytes });
  return { name: 'object-size', expected, observed: `${found.bytes} bytes`, where: key, because: why };
}
