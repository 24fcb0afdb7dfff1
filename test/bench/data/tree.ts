/** Writing a planned tree, and bringing it from its first day to its second and back, in place. */
import { mkdirSync, renameSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mix } from './random.ts';

/** A tree as its generator knows it. Files are numbered; those past `files` exist on the second day only. */
export interface TreePlan {
  files: number;
  pathOf(file: number): string;
  contentOf(file: number, day: Day): Buffer;
}

export type Day = 1 | 2;
type Fate = 'changed' | 'renamed' | 'removed' | 'kept';

const ADDED_SHARE = 0.005;
const FIRST_MTIME = Date.UTC(2024, 0, 1) / 1000;
const SECOND_DAY = Date.UTC(2026, 0, 2) / 1000;

/** The first day's file beside which a file lies: itself, or for an added one any other. */
export function homeOf(file: number, files: number): number {
  return file < files ? file : mix(file, 22) % files;
}

/** Writes the first day, and answers how many bytes of content it has. */
export function writeTree(root: string, plan: TreePlan): number {
  let bytes = 0;
  const made = new Set<string>();
  for (let file = 0; file < plan.files; file++) {
    const folder = path.dirname(plan.pathOf(file));
    if (!made.has(folder)) mkdirSync(path.join(root, folder), { recursive: true });
    made.add(folder);
    bytes += writeOne(root, plan, file, 1);
  }
  return bytes;
}

/** One in a hundred files changed, half as many added, renamed and removed. */
export function toDay2(root: string, plan: TreePlan): void {
  for (const [file, fate] of fates(plan)) {
    const full = path.join(root, plan.pathOf(file));
    if (fate === 'changed') writeOne(root, plan, file, 2);
    else if (fate === 'renamed') renameSync(full, renamed(full));
    else unlinkSync(full);
  }
  for (const file of added(plan)) writeOne(root, plan, file, 2);
}

/** Undoes `toDay2`. */
export function toDay1(root: string, plan: TreePlan): void {
  for (const file of added(plan)) unlinkSync(path.join(root, plan.pathOf(file)));
  for (const [file, fate] of fates(plan)) {
    const full = path.join(root, plan.pathOf(file));
    if (fate === 'renamed') renameSync(renamed(full), full);
    else writeOne(root, plan, file, 1);
  }
}

function writeOne(root: string, plan: TreePlan, file: number, day: Day): number {
  const full = path.join(root, plan.pathOf(file));
  const content = plan.contentOf(file, day);
  writeFileSync(full, content);
  const mtime = day === 1 ? FIRST_MTIME + (mix(file, 20) % 60_000_000) : SECOND_DAY;
  utimesSync(full, mtime, mtime);
  return content.length;
}

function* fates(plan: TreePlan): Generator<[number, Exclude<Fate, 'kept'>]> {
  for (let file = 0; file < plan.files; file++) {
    const fate = fateOf(file);
    if (fate !== 'kept') yield [file, fate];
  }
}

function fateOf(file: number): Fate {
  const at = mix(file, 21) % 1000;
  if (at < 10) return 'changed';
  if (at < 15) return 'renamed';
  return at < 20 ? 'removed' : 'kept';
}

function* added({ files }: TreePlan): Generator<number> {
  for (let i = 0; i < Math.round(files * ADDED_SHARE); i++) yield files + i;
}

function renamed(full: string): string {
  return path.join(path.dirname(full), `renamed-${path.basename(full)}`);
}
