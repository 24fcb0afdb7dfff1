/** L2a, L2b and the writing half of L3 in one pass: each pack is fetched once, hashed, opened, parsed and written. */
import type { Store } from '../../stores/store.ts';
import { EngineError, type Level, type Progress } from '../contract.ts';
import { because } from '../finding-codes.ts';
import type { Head } from '../head.ts';
import type { Manifest } from '../manifest.ts';
import { type Fetched, fetchPacks } from '../packs/fetch.ts';
import type { EntrySink } from '../restore/member-check.ts';
import { readEntries } from '../restore/restore.ts';
import { select } from '../restore/selection.ts';
import type { Finding, Ledger } from './ledger.ts';

export interface ReadBack {
  store: Store;
  head: Head;
  ledger: Ledger;
  /** Null below L2b, or when there is no key. */
  opened: { manifest: Manifest; identity: string } | null;
  sink: EntrySink | null;
  onProgress?: ((progress: Progress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Reads every pack, and answers how much went by. What is wrong goes into the ledger under its level. */
export async function readBack(
  request: ReadBack,
): Promise<{ fetched: number; content: number; files: number }> {
  const { store, head, ledger, opened, signal } = request;
  const totals = { fetched: 0, content: 0, files: 0 };
  const packs = head.packs.map((pack, index) => [index, pack] as [number, (typeof head.packs)[number]]);
  const open = opened && { identity: opened.identity, packs: opened.manifest.packs };
  const source = fetchPacks({ store, asset: head.asset, packs, ...(open && { open }), signal });
  const watched = watch(source, request, totals);
  try {
    if (opened) await readContent(opened.manifest, watched, request, totals);
    // What is left after a fault is still fetched and hashed, so that every damaged pack is named.
    for await (const _ of watched);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    noteContentFault(ledger, error);
    for await (const _ of watched);
  } finally {
    await source.return(undefined);
  }
  return totals;
}

async function readContent(
  manifest: Manifest,
  packs: AsyncIterable<Fetched>,
  { sink }: ReadBack,
  totals: { content: number; files: number },
): Promise<void> {
  await readEntries(manifest, select(manifest, null), sink, packs, (bytes, files) => {
    totals.content = bytes;
    totals.files = files;
  });
}

/** Notes each pack on its way. Leaving a loop over this early does not end the fetching. */
function watch(
  source: AsyncGenerator<Fetched>,
  { head, ledger, onProgress, opened }: ReadBack,
  totals: { fetched: number; content: number; files: number },
): AsyncIterable<Fetched> {
  const totalBytes = head.packs.reduce((sum, { bytes }) => sum + bytes, 0);
  const next = async () => {
    const result = await source.next();
    if (result.done) return result;
    const { index, bytes } = result.value;
    totals.fetched += bytes;
    onProgress?.({
      phase: opened ? 'verify' : 'fetch',
      files: totals.files,
      bytes: totals.fetched,
      totalBytes,
    });
    ledger.fail('L2a', hashFindings(result.value, head.packs[index]!.sha256));
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

function hashFindings({ key, sha256 }: Fetched, expected: string): Finding[] {
  if (sha256 === expected) return [];
  const why = because(sha256 === null ? 'pack.missing' : 'pack.damaged', { object: key });
  return [{ name: 'pack-hash', expected, observed: sha256 ?? 'missing', where: key, because: why }];
}

function noteContentFault(ledger: Ledger, error: EngineError): void {
  const level: Level = 'L2b';
  if (error.kind === 'inconclusive') {
    ledger.unsure(level, 'content', 'every pack opens', error.message, error.because);
    return;
  }
  ledger.fail(level, [
    {
      name: 'content',
      expected: 'every file as the manifest says',
      observed: error.message,
      where: error.where,
      because: error.because,
    },
  ]);
}
