import { RunProgress } from '#/plans/run-progress.ts';
import type { Amounts } from '#/plans/throughput.ts';
import { endWorkProgress, type LongWork, noteWorkProgress } from '#/plans/work-progress.ts';
import type { Tools } from './job.ts';
import { everySecond } from './progress.ts';

const BEGINNING = { files: 0, bytes: 0, totalBytes: null };

/** Does work that has no attempts of its own, and tells pages how far it is; when it is over nothing of that stays. */
export async function tellingProgress<T>(
  long: LongWork,
  phase: string,
  provider: string,
  { inProvider }: Pick<Tools, 'inProvider'>,
  run: (tell: (progress: Amounts) => void) => Promise<T>,
): Promise<T> {
  let told: Promise<unknown> = Promise.resolve();
  const tell = everySecond<Amounts>((progress) => {
    const far = RunProgress.parse(progress);
    told = inProvider(provider, (work) => noteWorkProgress(work, long, far));
    return told;
  });
  tell({ phase, ...BEGINNING });
  try {
    return await run(tell);
  } finally {
    // What is told still must not come after the end; that it could not be told is no fault of the work.
    await told.catch(() => {});
    await inProvider(provider, (work) => endWorkProgress(work, long)).catch(() => {});
  }
}
