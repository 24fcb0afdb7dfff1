/** What the engine's commands show: progress on standard error, the outcome on standard output. */
import type { Progress } from '#/jobs/recovery-points/contract.ts';
import { type Rates, Throughput } from '#/plans/throughput.ts';

const LINE_EVERY_MS = 2_000;
const BAR_CELLS = 24;
const WORDS: Record<Progress['phase'], string> = {
  scan: 'looking',
  dump: 'dumping',
  pack: 'packing',
  publish: 'publishing',
  fetch: 'fetching',
  verify: 'verifying',
  restore: 'restoring',
  compare: 'comparing',
  plant: 'planting faults',
  list: 'listing the store',
  heads: 'reading heads',
  remove: 'removing',
};

/** Shows progress: a bar that is rewritten on a terminal, now and then a line elsewhere, of JSON where asked. Call `end` before other words. */
export function showProgress(json = false): { tell: (progress: Progress) => void; end: () => void } {
  if (json) return showJsonLines();
  return process.stderr.isTTY ? showBar() : showLines();
}

/** Sizes as people read them. */
export function inWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return `${at === 0 ? size : size.toFixed(1)} ${units[at]}`;
}

/** Prints the outcome: one JSON object, or lines for people. */
export function tellOutcome(json: boolean | undefined, outcome: object, lines: string[]): void {
  console.log(json ? JSON.stringify(outcome) : printable(lines));
}

/** Lines for a terminal. A file's name may hold signs that move the cursor, clear the screen or turn the writing round. */
export const printable = (lines: string[]): string =>
  lines.map((line) => line.replace(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)!.toString(16)}}`)).join('\n');

const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function showBar() {
  let shown = false;
  const throughput = new Throughput();
  const tell = (progress: Progress) => {
    shown = true;
    const rates = throughput.of(progress);
    process.stderr.write(`\r\u001b[K${bar(progress)} ${describe(progress, rates)}${leftInWords(rates)}`);
  };
  const end = () => {
    if (shown) process.stderr.write('\r\u001b[K');
  };
  return { tell, end };
}

function showLines() {
  let last = Number.NEGATIVE_INFINITY;
  const throughput = new Throughput();
  const tell = (progress: Progress) => {
    const rates = throughput.of(progress);
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${describe(progress, rates)}${leftInWords(rates)}\n`);
  };
  return { tell, end() {} };
}

function showJsonLines() {
  let last = Number.NEGATIVE_INFINITY;
  const throughput = new Throughput();
  const tell = (progress: Progress) => {
    const rates = throughput.of(progress);
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${JSON.stringify({ progress: { ...progress, ...rates } })}\n`);
  };
  return { tell, end() {} };
}

const leftInWords = ({ remainingSeconds }: Rates) =>
  remainingSeconds === null ? '' : `, ${durationInWords(remainingSeconds)} left`;

function durationInWords(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function bar({ bytes, totalBytes }: Progress): string {
  if (!totalBytes) return '';
  const full = Math.round((Math.min(bytes, totalBytes) / totalBytes) * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}

function describe({ phase, files, bytes, totalBytes }: Progress, { bytesPerSecond }: Rates): string {
  const of = totalBytes ? ` of ${inWords(totalBytes)}` : '';
  const pace = bytesPerSecond === null ? '' : `, ${inWords(Math.round(bytesPerSecond))}/s`;
  return `${WORDS[phase]}: ${files} files, ${inWords(bytes)}${of}${pace}`;
}
