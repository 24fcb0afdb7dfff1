/** What the engine's commands show: progress on standard error, the outcome on standard output. */
import type { Progress } from '#/jobs/recovery-points/contract.ts';

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
};

/** Shows progress: a bar that is rewritten on a terminal, now and then a line elsewhere. Call `end` before other words. */
export function showProgress(): { tell: (progress: Progress) => void; end: () => void } {
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
  console.log(json ? JSON.stringify(outcome) : lines.join('\n'));
}

function showBar() {
  let shown = false;
  const tell = (progress: Progress) => {
    shown = true;
    process.stderr.write(`\r\u001b[K${bar(progress)} ${describe(progress)}`);
  };
  const end = () => {
    if (shown) process.stderr.write('\r\u001b[K');
  };
  return { tell, end };
}

function showLines() {
  let last = Number.NEGATIVE_INFINITY;
  const tell = (progress: Progress) => {
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${describe(progress)}\n`);
  };
  return { tell, end() {} };
}

function bar({ bytes, totalBytes }: Progress): string {
  if (!totalBytes) return '';
  const full = Math.round((Math.min(bytes, totalBytes) / totalBytes) * BAR_CELLS);
  return `[${'='.repeat(full)}${' '.repeat(BAR_CELLS - full)}]`;
}

function describe({ phase, files, bytes, totalBytes }: Progress): string {
  const of = totalBytes ? ` of ${inWords(totalBytes)}` : '';
  return `${WORDS[phase]}: ${files} files, ${inWords(bytes)}${of}`;
}
