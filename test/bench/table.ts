/** The result as Markdown. */
import { OURS, YARDSTICK } from './contenders.ts';
import type { Summary } from './summary.ts';
import { type Judged, judge } from './targets.ts';

/** Draws a table in Markdown. */
export function table(head: string[], lines: string[][]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One line for each set, work and contender on one store, with ratios against restic, and for ours the targets. */
export function resultTable(summaries: Summary[]): string {
  const head = [
    'set',
    'work',
    'contender',
    'wall s [min..max]',
    'CPU s',
    'store CPU s',
    'peak MiB',
    'stored MB',
  ];
  return table(
    [...head, 'wall / restic', 'CPU / restic', 'bytes / restic', 'noisy', 'targets'],
    summaries.map((summary) => line(summary, summaries)),
  );
}

function line(summary: Summary, all: Summary[]): string[] {
  const { set, work, contender, wallSeconds, wallRange, cpuSeconds, storeSeconds, peakBytes, storedBytes } =
    summary;
  const restic = all.find((one) => one.contender === YARDSTICK && one.set === set && one.work === work);
  const ratio = (ours: number, theirs: number | undefined) => (theirs ? (ours / theirs).toFixed(2) : '');
  return [
    set,
    work,
    contender,
    `${wallSeconds.toFixed(2)} [${wallRange.map((seconds) => seconds.toFixed(2)).join('..')}]`,
    cpuSeconds.toFixed(2),
    storeSeconds ? storeSeconds.toFixed(2) : '',
    (peakBytes / 2 ** 20).toFixed(0),
    storedBytes ? (storedBytes / 1e6).toFixed(1) : '',
    ratio(wallSeconds, restic?.wallSeconds),
    ratio(cpuSeconds, restic?.cpuSeconds),
    ratio(storedBytes, restic?.storedBytes),
    summary.noisy ? `${summary.noisy} of ${summary.runs}` : '',
    contender === OURS ? judge(summary, all).map(inWords).join('; ') : '',
  ];
}

/** A target, what was seen, and whether it was met, or could not be judged. */
export function inWords({ what, observed, atMost, isSure }: Judged): string {
  const digits = atMost >= 10 ? 0 : 2;
  const sign = !isSure ? '?' : observed <= atMost ? '✓' : '✗';
  return `${sign} ${what} ${observed.toFixed(digits)} ≤ ${atMost}`;
}
