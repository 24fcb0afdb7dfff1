/** Ever more tiny files: whether time and memory grow faster than their number. */
import type { Contender } from './contender.ts';
import { prepareTinyFiles } from './data.ts';
import type { Options } from './options.ts';
import type { Run } from './round.ts';
import { takeRounds, tell } from './rounds.ts';
import { type Summary, summarize } from './summary.ts';
import { table } from './table.ts';

interface Step {
  files: number;
  summaries: Summary[];
}

/** Measures each number of files. The data are removed after each: a million files take gigabytes of inodes. */
export async function grow(contenders: Contender[], counts: number[], options: Options) {
  const runs: Run[] = [];
  const steps: Step[] = [];
  const works = options.works.filter((work) => work !== 'L3');
  for (const files of counts.toSorted((a, b) => a - b)) {
    tell(`${files} tiny files`);
    const set = prepareTinyFiles(files, options.work);
    const these = await takeRounds(set, contenders, { ...options, works });
    set.remove();
    runs.push(...these);
    steps.push({ files, summaries: summarize(these) });
  }
  return { text: growthTable(steps), steps, runs };
}

function growthTable(steps: Step[]): string {
  const head = ['files', 'work', 'contender', 'wall s', 'µs a file', 'peak MiB', 'bytes a further file'];
  return table(
    head,
    steps.flatMap((step) => step.summaries.map((summary) => line(step.files, summary, steps[0]!))),
  );
}

/** Memory is told for each file more than in the smallest tree, so that what a program needs at all is left out. */
function line(files: number, summary: Summary, smallest: Step): string[] {
  const { work, contender, wallSeconds, peakBytes } = summary;
  const least = smallest.summaries.find((one) => one.work === work && one.contender === contender)!;
  const further = (peakBytes - least.peakBytes) / (files - smallest.files);
  return [
    String(files),
    work,
    contender,
    wallSeconds.toFixed(2),
    ((wallSeconds / files) * 1e6).toFixed(1),
    (peakBytes / 2 ** 20).toFixed(0),
    files === smallest.files ? '' : further.toFixed(0),
  ];
}
