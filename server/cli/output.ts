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
  console.log(json ? JSON.stringify(outcome) : lines.join('\n'));
}

function showBar() {
  let shown = false;
  const estimate = new Estimate();
  const tell = (progress: Progress) => {
    shown = true;
    process.stderr.write(`\r\u001b[K${bar(progress)} ${describe(progress)}${estimate.inWords(progress)}`);
  };
  const end = () => {
    if (shown) process.stderr.write('\r\u001b[K');
  };
  return { tell, end };
}

function showLines() {
  let last = Number.NEGATIVE_INFINITY;
  const estimate = new Estimate();
  const tell = (progress: Progress) => {
    const remaining = estimate.inWords(progress);
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${describe(progress)}${remaining}\n`);
  };
  return { tell, end() {} };
}

function showJsonLines() {
  let last = Number.NEGATIVE_INFINITY;
  const estimate = new Estimate();
  const tell = (progress: Progress) => {
    const remainingSeconds = estimate.remainingSeconds(progress);
    if (performance.now() - last < LINE_EVERY_MS) return;
    last = performance.now();
    process.stderr.write(`${JSON.stringify({ progress: { ...progress, remainingSeconds } })}\n`);
  };
  return { tell, end() {} };
}

/** How long what is left will take, by the pace of this phase so far. What was there from the start tells nothing of it. */
export class Estimate {
  #phase: Progress['phase'] | null = null;
  #began = { at: 0, bytes: 0 };

  /** Null while nothing can be said. */
  remainingSeconds({ phase, bytes, totalBytes }: Progress, now = performance.now()): number | null {
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#began = { at: now, bytes };
    }
    const [seconds, done] = [(now - this.#began.at) / 1000, bytes - this.#began.bytes];
    if (totalBytes === null || done <= 0 || seconds < 1) return null;
    return (Math.max(0, totalBytes - bytes) / done) * seconds;
  }

  inWords(progress: Progress): string {
    const seconds = this.remainingSeconds(progress);
    return seconds === null ? '' : `, ${durationInWords(seconds)} left`;
  }
}

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

function describe({ phase, files, bytes, totalBytes }: Progress): string {
  const of = totalBytes ? ` of ${inWords(totalBytes)}` : '';
  return `${WORDS[phase]}: ${files} files, ${inWords(bytes)}${of}`;
}
