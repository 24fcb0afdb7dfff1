/** L3: a trial restore, compared with the manifest. */
import { because } from '../finding-codes.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { hasXattrs } from '../native/xattrs.ts';
import type { Shortfall } from '../restore/file-writer.ts';
import { placedLines } from '../restore/plan.ts';
import type { TreeFrame } from '../restore/tree.ts';
import { compareTree } from './compare.ts';
import type { Finding } from './ledger.ts';
import { plantInTree } from './plant-tree.ts';
import { copySamplePack, type Opened, type Run } from './run.ts';
import type { Scratch } from './scratch.ts';

export interface Trial {
  scratch: Scratch;
  frame: TreeFrame;
  /** What the files could not be given back. */
  shortfalls: Shortfall[];
}

/** A trial, and all that differs in it. */
export interface Compared {
  trial: Trial;
  findings: Finding[];
}

/** Reads the whole restored tree back. */
export async function compareTrial(
  { request, pool, contentBytes }: Run,
  { plan }: Opened,
  { scratch, frame, shortfalls }: Trial,
): Promise<Finding[]> {
  const lessened = new Set([...frame.shortfalls, ...shortfalls].map(({ path }) => path));
  return compareTree({
    root: scratch.restored,
    lines: linesWithout(plan.manifest, new Set(frame.unmade.map(({ path }) => path))),
    options: { owners: mayOwn(), lessened },
    pool,
    onProgress: (files, bytes) =>
      request.onProgress?.({ phase: 'compare', files, bytes, totalBytes: contentBytes }),
    signal: request.signal,
  });
}

/** Writes down what was found; where that is nothing, shows on planted faults that something would have been. */
export async function judgeTree(
  run: Run,
  { plan, identity }: Opened,
  { trial, findings }: Compared,
): Promise<void> {
  const { request, ledger, pool } = run;
  for (const { path, reason } of trial.frame.unmade)
    ledger.unsure('L3', 'special-file', path, reason, because('level.special-file', { path }));
  ledger.fail('L3', findings);
  if (findings.length > 0) return;
  request.onProgress?.({ phase: 'plant', files: 0, bytes: 0, totalBytes: null });
  const copy = await copySamplePack(run);
  const scratch = trial.scratch.sample;
  ledger.planted.push(...(await plantInTree(copy, { plan, identity, pool, sample: run.sample, scratch })));
}

/** What this user or machine could not compare, in words. */
export function notCompared(): string {
  const owners = mayOwn() ? '' : '; owners not compared, as this user may not set them';
  if (hasXattrs) return owners;
  return `${owners}; extended attributes not compared, as this machine has no calls for them`;
}

function* linesWithout(manifest: Manifest, paths: Set<string>): Generator<string> {
  for (const { line, path } of placedLines(manifest)) if (!paths.has(path)) yield line;
}

function mayOwn(): boolean {
  return process.geteuid?.() === 0;
}
