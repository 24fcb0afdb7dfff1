/** What the levels of one verification share. */
import type { VerifyRequest } from '../contract.ts';
import type { Head } from '../head.ts';
import { packKey } from '../layout.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import type { Wanted } from '../restore/plan.ts';
import type { Ledger } from './ledger.ts';
import type { FetchedHead } from './plant-heads.ts';
import type { PackCopy } from './plant-packs.ts';

export interface Run {
  request: VerifyRequest;
  head: FetchedHead;
  ledger: Ledger;
  pool: ReadPool;
  fetchedBytes: number;
  contentBytes: number;
  /** Small files of the smallest pack, in its order. */
  sample: Wanted[];
}

/** The smallest pack, fetched once more into memory: planting is done on a sample, whatever the point's size. */
export async function copySmallestPack({ request, head }: Run): Promise<PackCopy> {
  const { packs, asset } = head.opened.head;
  const index = smallestPack(head.opened.head);
  const sealed = await request.store.get(packKey(asset, packs[index]!.sha256));
  return { asset, index, sealed };
}

/** Its number among those the head cites. */
export function smallestPack({ packs }: Head): number {
  return packs.reduce((best, { bytes }, i) => (bytes < packs[best]!.bytes ? i : best), 0);
}
