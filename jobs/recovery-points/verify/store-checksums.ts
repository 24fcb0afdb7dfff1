/** L1: the SHA-256 that a store computed itself, set against the one that the signed head cites. */
import { because } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { packKey, pointKeys } from '../layout.ts';
import type { Finding } from './ledger.ts';

/** An object by its key, and a SHA-256. */
export type Checksums = Map<string, string>;

/** What the manifest and the packs of a point must hash to. */
export function citedChecksums(head: Head): Checksums {
  const { manifest } = pointKeys(head.asset, head.point);
  const packs = head.packs.map(({ sha256 }) => [packKey(head.asset, sha256), sha256] as const);
  return new Map([[manifest, head.manifest.sha256], ...packs]);
}

/** Names the objects for which the store has another SHA-256. Those for which it has none are not compared. */
export function findOtherChecksums(cited: Checksums, stored: Checksums): Finding[] {
  return [...cited]
    .filter(([key, sha256]) => stored.has(key) && stored.get(key) !== sha256)
    .map(([key, sha256]) => ({
      name: 'store-checksum',
      expected: sha256,
      observed: stored.get(key)!,
      where: key,
      because: because('object.other-checksum', { object: key }),
    }));
}
