/** What the levels of one verification share. */
import type { VerifyRequest } from '../contract.ts';
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
  /** Small files of one pack, in its order; none where no pack holds a whole file with content. */
  sample: Wanted[];
}

/** One pack, fetched once more into memory: planting is done on a sample, whatever the point's size. */
export async function copySamplePack({ request, head, sample }: Run): Promise<PackCopy> {
  const { packs, asset } = head.opened.head;
  const smallest = packs.reduce((best, { bytes }, i) => (bytes < packs[best]!.bytes ? i : best), 0);
  const index = sample[0]?.at[0] ?? smallest;
  const sealed = await request.store.get(packKey(asset, packs[index]!.sha256));
  return { asset, index, sealed };
}
