/** What the levels of one verification share. */
import type { SourceReservation } from '../../sources/source.ts';
import type { ContentProfile } from '../content/profile.ts';
import type { PackProof, VerifyRequest } from '../contract.ts';
import { packKey } from '../layout.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import type { ReadPlan, Wanted } from '../restore/plan.ts';
import type { Ledger } from './ledger.ts';
import type { FetchedHead } from './plant-heads.ts';
import type { PackCopy } from './plant-packs.ts';
import type { Checksums } from './store-checksums.ts';

export interface Run {
  request: VerifyRequest;
  head: FetchedHead;
  ledger: Ledger;
  pool: ReadPool;
  fetchedBytes: number;
  contentBytes: number;
  /** Of the manifest, once it was opened. */
  sourceReservations: SourceReservation[] | null;
  /** What the content looks like, once all of it was read. */
  profile: ContentProfile | null;
  /** What proved sound, pack by pack. */
  proofs: PackProof[];
  /** SHA-256 by key, for those objects of which the store told its own. */
  storeChecksums: Checksums;
  /** Objects that are missing or bad, and paths of files that are not as they should be. */
  badKeys: Set<string>;
  badPaths: Set<string>;
  /** Small files of one pack, in its order; none where no pack holds a whole file with content. */
  sample: Wanted[];
  /** The pack that faults are planted in, once it was fetched. */
  copy: PackCopy | null;
}

/** What is to be read of a point, and the key that opens it. */
export interface Opened {
  plan: ReadPlan;
  identity: string;
}

/** One pack, fetched once more into memory: planting is done on a sample, whatever the point's size. */
export async function copySamplePack(run: Run): Promise<PackCopy> {
  const { request, head, sample } = run;
  const { packs, asset } = head.opened.head;
  const smallest = packs.reduce((best, { bytes }, i) => (bytes < packs[best]!.bytes ? i : best), 0);
  const index = sample[0]?.at[0] ?? smallest;
  if (run.copy?.index === index) return run.copy;
  const sealed = await request.store.get(packKey(asset, packs[index]!.sha256));
  run.fetchedBytes += sealed.length;
  run.copy = { asset, index, sealed };
  return run.copy;
}
