/** Ever more tiny files: whether time and memory grow faster than their number. */
import type { Contender } from './contender.ts';
import { OURS } from './contenders.ts';
import { factsOf, prepareTinyFiles, type SetFacts } from './data.ts';
import type { Options } from './options.ts';
import type { Run } from './round.ts';
import { takeRounds, tell } from './rounds.ts';
import type { S3Server } from './s3/start.ts';
import type { Summary } from './summary.ts';
import { inWords, table } from './table.ts';
import { BYTES_A_FURTHER_FILE, type Judged } from './targets.ts';

/** With fewer, buffers still fill and the collector has not set in: memory then grows with the bytes, not the files. */
const SETTLED_FILES = 100_000;

/** Measures each number of files. The data are removed after each: a million files take gigabytes of inodes. */
export async function grow(
  contenders: Contender[],
  counts: number[],
  options: Options,
  s3: S3Server | null,
): Promise<{ sets: SetFacts[]; runs: Run[] }> {
  const runs: Run[] = [];
  const sets: SetFacts[] = [];
  const works = options.works.filter((work) => work !== 'L3');
  for (const count of counts.toSorted((a, b) => a - b)) {
    tell(`${count} tiny files`);
    const set = prepareTinyFiles(count, options.work);
    runs.push(...(await takeRounds(set, contenders, { ...options, works }, s3)));
    set.remove();
    sets.push(factsOf(set));
  }
  return { sets, runs };
}

/** One line for each number of files, work and contender on one store. `sets` grow. */
export function growthTable(sets: SetFacts[], summaries: Summary[]): string {
  const head = ['files', 'work', 'contender', 'wall s', 'µs a file', 'peak MiB', 'bytes a further file'];
  return table(
    [...head, 'targets'],
    sets.flatMap((set, at) => {
      const smaller = sets[at - 1];
      return summaries
        .filter((one) => one.set === set.name)
        .map((one) => line(one, set, smaller ? furtherOf(one, set, smaller, summaries) : null));
    }),
  );
}

/** Peak memory for each file more than in a smaller tree, so that what a program needs at all is left out. */
interface Further {
  bytes: number;
  isSure: boolean;
}

function furtherOf(
  { work, contender, peakBytes }: Summary,
  set: SetFacts,
  smaller: SetFacts,
  all: Summary[],
): Further {
  const before = all.find(
    (one) => one.set === smaller.name && one.work === work && one.contender === contender,
  )!;
  const bytes = (peakBytes - before.peakBytes) / (set.files - smaller.files);
  return { bytes, isSure: smaller.files >= SETTLED_FILES };
}

function line(summary: Summary, { files }: SetFacts, further: Further | null): string[] {
  const { work, contender, wallSeconds, peakBytes } = summary;
  return [
    String(files),
    work,
    contender,
    wallSeconds.toFixed(2),
    ((wallSeconds / files) * 1e6).toFixed(1),
    (peakBytes / 2 ** 20).toFixed(0),
    further ? further.bytes.toFixed(0) : '',
    further && contender === OURS ? inWords(judgeFurther(further)) : '',
  ];
}

function judgeFurther({ bytes, isSure }: Further): Judged {
  return { what: 'bytes a further file', observed: bytes, atMost: BYTES_A_FURTHER_FILE, isSure };
}
