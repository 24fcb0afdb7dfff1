/** L2a, L2b and the writing half of L3 in one pass: each pack is fetched once, hashed, opened, parsed and written. */
import type { Store } from '../../stores/store.ts';
import type { Progress } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import { packKey } from '../layout.ts';
import type { ReadPool } from '../packs/read-pool.ts';
import { getOrNull } from '../points.ts';
import type { Shortfall } from '../restore/file-writer.ts';
import type { ReadPlan, Wanted } from '../restore/plan.ts';
import { errorOf, ownBuffer, type PackOutcome, PointReader, type Totals } from '../restore/read-point.ts';
import type { Finding, Ledger } from './ledger.ts';

export interface ReadBack {
  store: Store;
  head: Head;
  ledger: Ledger;
  pool: ReadPool;
  /** Null below L2b, or when there is no key. */
  opened: { plan: ReadPlan; identity: string } | null;
  into: string | null;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Reads every pack, and answers how much went by. What is wrong goes into the ledger under its level. */
export async function readBack(
  request: ReadBack,
): Promise<Totals & { shortfalls: Shortfall[]; sample: Wanted[] }> {
  const { store, head, pool, opened, into, signal } = request;
  const totals = { fetched: 0, files: 0, content: 0 };
  if (!opened) {
    for await (const outcome of hashPacks(request)) {
      totals.fetched += outcome.bytes;
      note(request, outcome, totals);
    }
    return { ...totals, shortfalls: [], sample: [] };
  }
  const { plan, identity } = opened;
  const { asset } = head;
  const reader = new PointReader({
    store,
    asset,
    plan,
    identity,
    pool,
    into,
    everyPack: true,
    signal,
  });
  for await (const outcome of reader.read()) note(request, outcome, reader.totals);
  const sample = reader.sample.sort((a, b) => a.at[1] - b.at[1]);
  return { ...reader.totals, shortfalls: reader.shortfalls, sample };
}

/** Without a key packs are fetched and hashed, no more. */
async function* hashPacks({ store, head, pool, signal }: ReadBack): AsyncGenerator<PackOutcome> {
  for (const [index, { sha256 }] of head.packs.entries()) {
    signal?.throwIfAborted();
    const key = packKey(head.asset, sha256);
    const sealed = await getOrNull(store, key, signal);
    const bytes = sealed?.length ?? 0;
    const opened = sealed && (await pool.open({ kind: 'open', sealed: ownBuffer(sealed), bytes, sha256 }));
    yield { index, key, bytes, sha256: opened?.sha256 ?? null, failure: null };
  }
}

function note({ head, ledger, opened, onProgress }: ReadBack, outcome: PackOutcome, totals: Totals): void {
  const totalBytes = head.packs.reduce((sum, { bytes }) => sum + bytes, 0);
  const phase = opened ? 'verify' : 'fetch';
  onProgress?.({ phase, files: totals.files, bytes: totals.fetched, totalBytes });
  const expected = head.packs[outcome.index]?.sha256;
  if (expected !== undefined) ledger.fail('L2a', hashFindings(outcome, expected));
  const error = opened && errorOf(outcome, opened.plan.manifest.packs);
  if (!error) return;
  if (error.kind === 'inconclusive')
    ledger.unsure('L2b', 'content', 'every pack opens', error.message, error.because);
  else {
    const { message: observed, where, because: why } = error;
    ledger.fail('L2b', [
      { name: 'content', expected: 'every file as the manifest says', observed, where, because: why },
    ]);
  }
}

function hashFindings({ key, sha256 }: PackOutcome, expected: string): Finding[] {
  if (sha256 === expected) return [];
  const why = because(sha256 === null ? 'pack.missing' : 'pack.damaged', { object: key });
  return [{ name: 'pack-hash', expected, observed: sha256 ?? 'missing', where: key, because: why }];
}
