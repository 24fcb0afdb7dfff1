/** The main table of a run, written into the project's README between two marks. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type StoreKind, WORKS, type Work } from './contender.ts';
import { OURS, YARDSTICK } from './contenders.ts';
import type { SetFacts } from './data.ts';
import type { Report } from './report.ts';
import { comparedOn, type Summary, summarize } from './summary.ts';
import { table } from './table.ts';

const README = path.resolve(import.meta.dirname, '../../README.md');
const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

const SETS: Record<string, string> = {
  A: 'an office share',
  B: 'a dump-like text',
  C: 'tiny files',
};
const WORDS: Record<Work, string> = {
  first: 'first backup',
  day2: 'next backup',
  L2b: 'all read back',
  L3: 'all restored',
};
const STORE: Record<StoreKind, string> = {
  folder: 'All keep their store in a folder.',
  s3: 'All keep their store on one S3 server on loopback, but for Borg, which knows no S3.',
};

/** Replaces what stands between the marks, and nothing else. */
export function writeReadme(report: Report): void {
  if (report.options.growth)
    throw new Error('The README has a table of the sets, and this is of a growth test.');
  const text = readFileSync(README, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${README} needs ${BEGIN} and, after it, ${END}.`);
  writeFileSync(README, `${text.slice(0, begin + BEGIN.length)}\n${mainTable(report)}\n${text.slice(end)}`);
}

/** On S3 when that was measured, as it is nearer to where backups lie. */
function mainTable({ date, command, machine, options, sets, runs }: Report): string {
  const store = options.stores.includes('s3') ? 's3' : 'folder';
  const summaries = comparedOn(store, summarize(runs));
  const names = [...new Set(summaries.map(({ contender }) => contender))];
  const lines = sets.flatMap((set) =>
    WORKS.filter((work) => options.works.includes(work)).map((work) => [
      `${set.name}, ${WORDS[work]}`,
      ...names.map((name) => cell(name, { set: set.name, work }, summaries)),
    ]),
  );
  const isQuiet = summaries.every((one) => one.isQuiet);
  return [
    `Seconds of wall time (× restic's), MB added to the store, and peak MiB. ${STORE[store]}${isQuiet ? '' : ' With ?, others were at work on the machine.'}`,
    table(['', ...names], lines),
    `${sets.map(inWords).join('; ')}. ${roundsInWords(options)}, ${date}, \`${command}\`, on ${machine.text}.`,
  ].join('\n\n');
}

function cell(name: string, { set, work }: { set: string; work: Work }, all: Summary[]): string {
  const same = all.filter((one) => one.set === set && one.work === work);
  const own = same.find(({ contender }) => contender === name);
  if (!own) return '';
  const restic = same.find(({ contender }) => contender === YARDSTICK);
  const ratio = restic ? ` (${(own.wallSeconds / restic.wallSeconds).toFixed(2)})` : '';
  const wall = `${own.wallSeconds.toFixed(2)} s${own.isQuiet ? '' : ' ?'}${ratio}`;
  const stored = own.storedBytes ? [`${(own.storedBytes / 1e6).toFixed(1)} MB`] : [];
  const peak = `${(own.peakBytes / 2 ** 20).toFixed(0)} MiB`;
  return [name === OURS ? `**${wall}**` : wall, ...stored, peak].join(', ');
}

function inWords({ name, files, bytes }: SetFacts): string {
  const amount = files === 1 ? '' : `${files.toLocaleString('en')} files, `;
  return `${name}: ${SETS[name]}, ${amount}${(bytes / 1e6).toFixed(0)} MB`;
}

function roundsInWords({ rounds, scale }: Report['options']): string {
  const times = rounds === 1 ? 'One round' : `Medians of ${rounds} rounds`;
  return `${times}${scale === 1 ? '' : ` at scale ${scale}`}`;
}
