/** L2a, L2b and L3 over one reading of the packs: read back, open and compare, restore and compare. */
import { hash } from 'node:crypto';
import { EngineError, LEVELS, type Level } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { pointKeys } from '../layout.ts';
import { openManifest } from '../open-point.ts';
import { getOrNull } from '../points.ts';
import { ReadPlan } from '../restore/plan.ts';
import { TreeFrame } from '../restore/tree.ts';
import { settleStoreChecksum } from './levels-open.ts';
import { type Compared, compareTrial, judgeTree, notCompared, type Trial } from './levels-tree.ts';
import { plantBitFlip, plantInContent } from './plant-packs.ts';
import { readBack } from './read-back.ts';
import { copySamplePack, type Opened, type Run } from './run.ts';
import { makeScratch } from './scratch.ts';

/** Says something of the place for the trial restore, nothing of the data. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'];

const MANIFEST_OPENS = 'the manifest opens';

/** Runs L2a and, as far as asked for, L2b and L3 over one reading of the packs. */
export async function checkContent(run: Run): Promise<void> {
  const { request, head } = run;
  const began = performance.now();
  const opened = wants(run, 'L2b') ? await openOrNote(run) : null;
  await using scratch = opened && wants(run, 'L3') ? await makeScratch(request.scratchDir) : null;
  const trial: Trial | null =
    opened && scratch
      ? { scratch, frame: new TreeFrame(scratch.restored, opened.plan), shortfalls: [] }
      : null;

  if (!opened) await hashManifest(run);
  const totals = await readAll(run, opened, trial);
  run.fetchedBytes += totals.fetched;
  run.contentBytes = totals.content;
  const compared = opened && trial && (await compareRestored(run, opened, trial));
  await closeReadBack(run, began, totals.fetched);
  if (wants(run, 'L2b')) await closeContent(run, began, opened, totals);
  if (wants(run, 'L3')) await closeTree(run, began, opened, compared);
  run.fetchedBytes += opened ? head.opened.head.manifest.bytes : 0;
}

function wants({ request }: Run, level: Level): boolean {
  return LEVELS.indexOf(request.level) >= LEVELS.indexOf(level);
}

/** Opens the manifest, or notes why it cannot be. */
async function openOrNote(run: Run): Promise<Opened | null> {
  const { request, head, ledger } = run;
  const { store, identity } = request;
  if (!identity) {
    ledger.unsure('L2b', 'identity', MANIFEST_OPENS, 'no key was given', because('level.no-key', {}));
    return null;
  }
  try {
    const manifest = await openManifest(store, head.opened.head, identity);
    run.sourceReservations = manifest.facts.sourceReservations ?? [];
    return { plan: new ReadPlan(manifest, null, { asItIsRead: true }), identity };
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'call') throw error;
    const { message: observed, because: why } = error;
    if (error.kind === 'inconclusive') ledger.unsure('L2b', 'identity', MANIFEST_OPENS, observed, why);
    else noteBadManifest(run, error);
    return null;
  }
}

function noteBadManifest({ ledger }: Run, { message: observed, where, because: why }: EngineError): void {
  ledger.fail('L2b', [{ name: 'manifest', expected: MANIFEST_OPENS, observed, where, because: why }]);
}

/** A manifest that was not opened is hashed like a pack: without it nothing can be restored. */
async function hashManifest({ request, head, ledger }: Run): Promise<void> {
  const { asset, point, manifest } = head.opened.head;
  const key = pointKeys(asset, point).manifest;
  const sealed = await getOrNull(request.store, key, { signal: request.signal });
  const observed = sealed ? hash('sha256', sealed) : 'missing';
  if (observed === manifest.sha256) return;
  const why = because(sealed ? 'manifest.altered' : 'manifest.missing', { object: key });
  const expected = manifest.sha256;
  ledger.fail('L2a', [{ name: 'manifest-hash', expected, observed, where: key, because: why }]);
}

async function readAll(run: Run, opened: Opened | null, trial: Trial | null) {
  const { ledger } = run;
  const into = trial?.scratch.restored ?? null;
  try {
    trial?.frame.begin();
    const { shortfalls, sample, ...totals } = await readBack({ run, opened, into });
    run.sample = sample;
    trial?.shortfalls.push(...shortfalls);
    if (ledger.verdictOf('L2b') === 'passed') trial?.frame.finish();
    return totals;
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'data') {
      noteBadManifest(run, error);
      // What the packs themselves are is still to be told.
      return readBack({ run, opened: null, into: null });
    }
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!NO_ROOM.includes(code)) throw error;
    for (const level of ['L2a', 'L2b'] as const)
      ledger.unsure(
        level,
        'scratch-folder',
        'room for the restored files',
        `it cannot take them (${code})`,
        because('level.no-room', { cause: code }),
      );
    return { fetched: 0, content: 0, files: 0 };
  }
}

async function closeReadBack(run: Run, began: number, bytes: number): Promise<void> {
  const { ledger, head } = run;
  const { packs } = head.opened.head;
  if (ledger.verdictOf('L2a') === 'passed') {
    const copy = await copySamplePack(run);
    ledger.planted.push(await plantBitFlip(copy, packs[copy.index]!.sha256, run.pool));
  }
  settleStoreChecksum(run, { isReadBack: true });
  const isSample = run.request.budget !== undefined;
  const observed = isSample
    ? `a sample: ${run.proofs.length} of ${packs.length} packs read and hashed`
    : `${packs.length} packs read and hashed`;
  const expected = `every pack ${isSample ? 'read ' : ''}hashes as on record`;
  ledger.close('L2a', began, bytes, { expected, observed });
}

async function closeContent(
  run: Run,
  began: number,
  opened: Opened | null,
  totals: { content: number; files: number },
): Promise<void> {
  const { ledger, head } = run;
  notePrecondition(run, 'L2b', 'L2a');
  if (opened && ledger.verdictOf('L2b') === 'passed') {
    const copy = await copySamplePack(run);
    const { plan, identity } = opened;
    const sealed = {
      manifest: plan.manifest,
      head: head.opened.head,
      identity,
      pool: run.pool,
      sample: run.sample,
    };
    ledger.planted.push(...(await plantInContent(copy, sealed)));
  }
  const isSample = run.request.budget !== undefined;
  const expected = `every file ${isSample ? 'read ' : ''}opens and hashes as the manifest says`;
  const observed = `${isSample ? 'a sample: ' : ''}${totals.files} files compared`;
  ledger.close('L2b', began, totals.content, { expected, observed });
}

/**
 * The restored tree against the manifest. Its files were not hashed when they were written, but are when they are read
 * back: where anything differs, the packs are read once more, to tell which of the two is wrong.
 */
async function compareRestored(run: Run, opened: Opened, trial: Trial): Promise<Compared | null> {
  if (run.ledger.verdictOf('L2b') !== 'passed') return null;
  const findings = await compareTrial(run, opened, trial);
  if (findings.length > 0) {
    run.proofs = [];
    run.fetchedBytes += (await readBack({ run, opened, into: null })).fetched;
  }
  return { trial, findings };
}

async function closeTree(
  run: Run,
  began: number,
  opened: Opened | null,
  compared: Compared | null,
): Promise<void> {
  const { ledger } = run;
  notePrecondition(run, 'L3', 'L2b');
  if (opened && compared && ledger.verdictOf('L3') === 'passed') await judgeTree(run, opened, compared);
  ledger.close('L3', began, run.contentBytes, {
    expected: 'exactly the manifest',
    observed: `${opened?.plan.entries ?? 0} entries restored, read back and equal${notCompared()}`,
  });
}

/** A level counts only with those below it. */
function notePrecondition({ ledger }: Run, level: Level, below: Level): void {
  if (ledger.verdictOf(below) !== 'passed' && ledger.verdictOf(level) === 'passed')
    ledger.unsure(
      level,
      'lower-level',
      `${below} passed`,
      `${below} did not pass, so this was not completed`,
      because('level.below-not-passed', { level: below }),
    );
}
