/** L0: every object a head cites is in the store, with the size on record. */
import type { Store } from '../../stores/store.ts';
import { because } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { packKey, packPrefix, pointKeys } from '../layout.ts';
import type { Finding } from './ledger.ts';

const AT_ONCE = 16;
/** Fewer objects are asked for one by one. */
const WORTH_LISTING = 16;
/** A listing is given up once it has shown so many objects for each that is looked for. */
const LISTED_FOR_EACH = 32;

/** An object and the size it must have. */
export interface Cited {
  key: string;
  bytes: number;
}

/** The manifest and packs of a point. */
export function citedObjects(head: Head): Cited[] {
  const manifest = { key: pointKeys(head.asset, head.point).manifest, bytes: head.manifest.bytes };
  return [manifest, ...citedPacks(head.asset, head.packs)];
}

export const citedPacks = (asset: string, packs: { sha256: string; bytes: number }[]): Cited[] =>
  packs.map(({ sha256, bytes }) => ({ key: packKey(asset, sha256), bytes }));

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

/**
 * The same of packs of one asset, by a listing: one question for a thousand of them. Listings may be late and say less than there is, so
 * that what they lack is looked at by its name.
 */
export async function findAbsentPacks(
  store: Pick<Store, 'head' | 'list'>,
  asset: string,
  packs: Cited[],
): Promise<Finding[]> {
  const left = new Map(packs.map((pack) => [pack.key, pack]));
  if (packs.length > WORTH_LISTING) {
    let mayShow = packs.length * LISTED_FOR_EACH;
    for await (const { key, bytes } of store.list(packPrefix(asset))) {
      if (left.get(key)?.bytes === bytes) left.delete(key);
      if (left.size === 0 || --mayShow === 0) break;
    }
  }
  return findAbsent(store, [...left.values()]);
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
