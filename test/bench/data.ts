/** The data sets of the benchmark: made once below a work folder, and brought from one day to the next in place. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { alterDump, writeDump } from './data/dump.ts';
import { officeShare } from './data/office-share.ts';
import { smallFiles, tinyFiles } from './data/small-files.ts';
import { type TreePlan, toDay1, toDay2, writeTree } from './data/tree.ts';

export const SETS = ['A', 'B', 'C'] as const;
export type SetName = (typeof SETS)[number];

/** Raised with every change to a generator, so that older data are not taken for these. */
const EDITION = 1;

/** What a data set amounts to. */
export interface SetFacts {
  name: string;
  files: number;
  bytes: number;
}

export interface DataSet extends SetFacts {
  /** The folder to back up. */
  folder: string;
  /** Does something while the folder is as on the second day. */
  onDay2<T>(work: () => Promise<T>): Promise<T>;
  remove(): void;
}

interface Generator {
  write(folder: string): { files: number; bytes: number };
  toDay2(folder: string): void;
  toDay1(folder: string): void;
}

/** Makes a data set, or takes the one that lies there whole. */
export function prepareSet(name: SetName, { work, scale }: { work: string; scale: number }): DataSet {
  return prepare(name, path.join(work, 'data', `${name}-${scale}`), generatorOf(name, scale));
}

/** A tree of so many tiny files, for the growth test. */
export function prepareTinyFiles(files: number, work: string): DataSet {
  const name = `tiny-${files}`;
  return prepare(name, path.join(work, 'data', name), ofTree(tinyFiles(files)));
}

export function factsOf({ name, files, bytes }: DataSet): SetFacts {
  return { name, files, bytes };
}

function prepare(name: string, folder: string, generator: Generator): DataSet {
  const marker = `${folder}.complete.json`;
  const facts = readMarker(marker) ?? generate(folder, generator);
  const markWhole = () => writeFileSync(marker, JSON.stringify({ edition: EDITION, ...facts }));
  markWhole();
  return {
    name,
    folder,
    files: facts.files,
    bytes: facts.bytes,
    async onDay2(during) {
      // A run that is broken off here leaves no marker, and the next one begins afresh.
      rmSync(marker);
      generator.toDay2(folder);
      const answer = await during();
      generator.toDay1(folder);
      markWhole();
      return answer;
    },
    remove() {
      rmSync(marker);
      rmSync(folder, { recursive: true });
    },
  };
}

function readMarker(marker: string): { files: number; bytes: number } | null {
  if (!existsSync(marker)) return null;
  const facts = JSON.parse(readFileSync(marker, 'utf8'));
  return facts.edition === EDITION ? facts : null;
}

function generate(folder: string, generator: Generator) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return generator.write(folder);
}

function generatorOf(name: SetName, scale: number): Generator {
  if (name === 'A') return ofTree(officeShare(scale));
  return name === 'B' ? ofDump(scale) : ofTree(smallFiles(scale));
}

function ofTree(plan: TreePlan): Generator {
  return {
    write: (folder) => ({ files: plan.files, bytes: writeTree(folder, plan) }),
    toDay2: (folder) => toDay2(folder, plan),
    toDay1: (folder) => toDay1(folder, plan),
  };
}

function ofDump(scale: number): Generator {
  const file = (folder: string) => path.join(folder, 'orders.sql');
  return {
    write: (folder) => ({ files: 1, bytes: writeDump(file(folder), scale) }),
    toDay2: (folder) => alterDump(file(folder), scale, 2),
    toDay1: (folder) => alterDump(file(folder), scale, 1),
  };
}
