/** L2a, L2b and the writing half of L3 in one pass: each pack is fetched once, hashed, opened, parsed and written. */
import type { PackProof } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { packKey } from '../layout.ts';
import { fetchPack } from '../packs/fetch-pack.ts';
import type { Shortfall } from '../restore/file-writer.ts';
import type { ReadPlan, Wanted } from '../restore/plan.ts';
import { errorOf, type PackOutcome, PointReader, type Totals } from '../restore/read-point.ts';
import type { Finding } from './ledger.ts';
import type { Run } from './run.ts';
import { SampleReader } from './sample.ts';

export interface ReadBack {
  run: Run;
  /** Null below L2b, or when there is no key. */
  opened: { plan: ReadPlan; identity: string } | null;
  into: string | null;
}

/** Reads every pack, and answers how much went by. What is wrong goes into the ledger under its level. */
export async function readBack(
  request: ReadBack,
): Promise<Totals & { shortfalls: Shortfall[]; sample: Wanted[] }> {
  const { run, opened, into } = request;
  const { store, asset, budget, signal } = run.request;
  if (budget) return readSample(request);
  if (!opened) return hashAll(request);
  const { plan, identity } = opened;
  const { pool } = run;
  const { entries } = run.head.opened.head;
  const reader = new PointReader({
    store,
    asset,
    plan,
    identity,
    pool,
    into,
    isReadBack: into !== null,
    everyPack: true,
    look: { entries, watched: run.request.watched ?? [] },
    signal,
  });
  for await (const outcome of reader.read())
    if (note(request, outcome, reader.totals)) prove(run, outcome.index, 'L2b');
  // What is a copy of another file is not read again.
  for (const { entry } of plan.copies) reader.tally?.count(entry);
  run.profile = reader.tally?.told ?? null;
  const sample = reader.sample.sort((a, b) => a.at[1] - b.at[1]);
  return { ...reader.totals, shortfalls: reader.shortfalls, sample };
}

/** Without a key packs are fetched and hashed, no more. */
async function hashAll(request: ReadBack): Promise<Totals & { shortfalls: Shortfall[]; sample: Wanted[] }> {
  const { run } = request;
  const { store, asset, signal } = run.request;
  const totals = { fetched: 0, files: 0, content: 0 };
  for (const [index, { sha256 }] of run.head.opened.head.packs.entries()) {
    signal?.throwIfAborted();
    const key = packKey(asset, sha256);
    const found = await fetchPack({ store, key, sha256, pool: run.pool, signal }, () => undefined);
    const { bytes, opened } = found ?? { bytes: 0, opened: null };
    totals.fetched += bytes;
    const outcome = { index, key, bytes, sha256: opened?.sha256 ?? null, failure: null };
    if (note(request, outcome, totals)) prove(run, index, 'L2a');
  }
  return { ...totals, shortfalls: [], sample: [] };
}

async function readSample(
  request: ReadBack,
): Promise<Totals & { shortfalls: Shortfall[]; sample: Wanted[] }> {
  const { run, opened } = request;
  const reader = new SampleReader(run, opened);
  for await (const { outcome, level } of reader.read())
    if (note(request, outcome, reader.totals)) prove(run, outcome.index, level);
  if (run.proofs.length === 0 && run.badKeys.size === 0)
    run.ledger.unsure(
      'L2a',
      'budget',
      'at least one pack is read',
      'the budget does not reach for one',
      because('level.budget-too-small', {}),
    );
  return { ...reader.totals, shortfalls: [], sample: reader.sample };
}

/** Writes down that a pack is sound. */
function prove({ request, head, proofs }: Run, index: number, level: PackProof['level']): void {
  const { now = () => new Date() } = request;
  const pack = head.opened.head.packs[index];
  if (pack) proofs.push({ sha256: pack.sha256, at: now().toISOString(), level });
}

/** Writes down what is wrong with a pack, and answers whether nothing is. */
function note({ run, opened }: ReadBack, outcome: PackOutcome, totals: Totals): boolean {
  const { ledger, request, badKeys, badPaths } = run;
  const { head } = run.head.opened;
  const all = head.packs.reduce((sum, { bytes }) => sum + bytes, 0);
  const totalBytes = Math.min(all, request.budget?.bytes ?? all);
  const phase = opened ? 'verify' : 'fetch';
  request.onProgress?.({ phase, files: totals.files, bytes: totals.fetched, totalBytes });
  const expected = head.packs[outcome.index]?.sha256;
  const findings = expected === undefined ? [] : hashFindings(outcome, expected);
  ledger.fail('L2a', findings);
  if (findings.length > 0) badKeys.add(outcome.key);
  const error = opened && errorOf(outcome, opened.plan.manifest.packs);
  if (!error) return findings.length === 0;
  if (error.kind === 'inconclusive')
    ledger.unsure('L2b', 'content', 'every pack opens', error.message, error.because);
  else {
    const { message: observed, where, because: why } = error;
    if (where === null || where === outcome.key) badKeys.add(outcome.key);
    else badPaths.add(where);
    ledger.fail('L2b', [
      { name: 'content', expected: 'every file as the manifest says', observed, where, because: why },
    ]);
  }
  return false;
}

function hashFindings({ key, sha256 }: PackOutcome, expected: string): Finding[] {
  if (sha256 === expected) return [];
  const why = because(sha256 === null ? 'pack.missing' : 'pack.damaged', { object: key });
  return [{ name: 'pack-hash', expected, observed: sha256 ?? 'missing', where: key, because: why }];
}
