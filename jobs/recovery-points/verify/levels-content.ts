/** L2a, L2b and L3: read back, open and compare, restore and compare. */
import { EngineError, LEVELS, type Level } from '../contract.ts';
import { because } from '../finding-codes.ts';
import { isStored, type Manifest } from '../manifest.ts';
import { openManifest } from '../open-point.ts';
import { TreeWriter } from '../restore/tree.ts';
import { compareTree } from './compare.ts';
import { settleStoreChecksum } from './levels-open.ts';
import { plantBitFlip, plantInContent } from './plant-packs.ts';
import { plantInTree } from './plant-tree.ts';
import { readBack } from './read-back.ts';
import { copySmallestPack, type Run } from './run.ts';
import { makeScratch, type Scratch } from './scratch.ts';

/** Says something of the place for the trial restore, nothing of the data. */
const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS'];

/** The manifest and the key that opened it. */
interface Opened {
  manifest: Manifest;
  identity: string;
}

/** Runs L2a and, as far as asked for, L2b and L3 over one reading of the packs. */
export async function checkContent(run: Run): Promise<void> {
  const { request, head } = run;
  const began = performance.now();
  const opened = wants(run, 'L2b') ? await openOrNote(run) : null;
  await using scratch = opened && wants(run, 'L3') ? await makeScratch(request.scratchDir) : null;
  const tree = scratch && new TreeWriter(scratch.restored);

  const totals = await readAll(run, opened, tree);
  run.fetchedBytes += totals.fetched;
  run.contentBytes = totals.content;
  await closeReadBack(run, began, totals.fetched);
  if (wants(run, 'L2b')) await closeContent(run, began, opened, totals);
  if (wants(run, 'L3')) await closeTree(run, began, opened, tree, scratch);
  run.fetchedBytes += opened ? head.opened.head.manifest.bytes : 0;
}

function wants({ request }: Run, level: Level): boolean {
  return LEVELS.indexOf(request.level) >= LEVELS.indexOf(level);
}

/** Opens the manifest, or notes why it cannot be. */
async function openOrNote({ request, head, ledger }: Run): Promise<Opened | null> {
  const { store, identity } = request;
  const expected = 'the manifest opens';
  if (!identity) {
    ledger.unsure('L2b', 'identity', expected, 'no key was given', because('level.no-key', {}));
    return null;
  }
  try {
    return { manifest: await openManifest(store, head.opened.head, identity), identity };
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === 'call') throw error;
    const { message: observed, where, because: why } = error;
    if (error.kind === 'inconclusive') ledger.unsure('L2b', 'identity', expected, observed, why);
    else ledger.fail('L2b', [{ name: 'manifest', expected, observed, where, because: why }]);
    return null;
  }
}

async function readAll({ request, head, ledger }: Run, opened: Opened | null, tree: TreeWriter | null) {
  const { store, onProgress, signal } = request;
  try {
    const totals = await readBack({
      store,
      head: head.opened.head,
      ledger,
      opened,
      sink: tree,
      onProgress,
      signal,
    });
    if (ledger.verdictOf('L2b') === 'passed') tree?.finish();
    return totals;
  } catch (error) {
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
  } finally {
    tree?.abandon();
  }
}

async function closeReadBack(run: Run, began: number, bytes: number): Promise<void> {
  const { ledger, head } = run;
  const { packs } = head.opened.head;
  if (ledger.verdictOf('L2a') === 'passed') {
    const copy = await copySmallestPack(run);
    ledger.planted.push(await plantBitFlip(copy, packs[copy.index]!.sha256));
  }
  settleStoreChecksum(run, { isReadBack: true });
  const observed = `${packs.length} packs read and hashed`;
  ledger.close('L2a', began, bytes, { expected: 'every pack hashes as on record', observed });
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
    const copy = await copySmallestPack(run);
    ledger.planted.push(...(await plantInContent(copy, opened.manifest, head.opened.head, opened.identity)));
  }
  const expected = 'every file opens and hashes as the manifest says';
  ledger.close('L2b', began, totals.content, { expected, observed: `${totals.files} files compared` });
}

async function closeTree(
  run: Run,
  began: number,
  opened: Opened | null,
  tree: TreeWriter | null,
  scratch: Scratch | null,
): Promise<void> {
  const { ledger } = run;
  notePrecondition(run, 'L3', 'L2b');
  if (opened && tree && scratch && ledger.verdictOf('L3') === 'passed')
    await compare(run, opened, tree, scratch);
  const owners = mayOwn() ? '' : '; owners not compared, as this user may not set them';
  ledger.close('L3', began, run.contentBytes, {
    expected: 'exactly the manifest',
    observed: `${tree?.entries ?? 0} entries restored, read back and equal${owners}`,
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

async function compare(
  run: Run,
  { manifest, identity }: Opened,
  tree: TreeWriter,
  scratch: Scratch,
): Promise<void> {
  const { request, ledger } = run;
  for (const { path, reason } of tree.unmade)
    ledger.unsure('L3', 'special-file', path, reason, because('level.special-file', { path }));
  const unmade = new Set(tree.unmade.map((one) => one.path));
  const findings = await compareTree(
    scratch.restored,
    manifest.entries.filter((entry) => isStored(entry) && !unmade.has(entry.path)),
    {
      owners: mayOwn(),
      lessened: new Set(tree.shortfalls.map((one) => one.path)),
      onProgress: (files, bytes) =>
        request.onProgress?.({ phase: 'compare', files, bytes, totalBytes: run.contentBytes }),
      signal: request.signal,
    },
  );
  ledger.fail('L3', findings);
  if (findings.length > 0) return;
  request.onProgress?.({ phase: 'plant', files: 0, bytes: 0, totalBytes: null });
  ledger.planted.push(
    ...(await plantInTree(await copySmallestPack(run), manifest, identity, scratch.sample)),
  );
}

function mayOwn(): boolean {
  return process.geteuid?.() === 0;
}
