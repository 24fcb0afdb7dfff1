import { type Amounts, type Rates, Throughput } from '#/plans/throughput.ts';

/** Lets through at most one call a second, with how fast it goes, and never two at once: what is told more often is left out. */
export function everySecond<Progress extends Amounts>(
  tell: (progress: Progress & Rates & { totalFiles: number | null }) => Promise<unknown>,
): (progress: Progress) => void {
  const throughput = new Throughput();
  let last = 0;
  let busy = false;
  return (progress) => {
    const now = performance.now();
    if (busy || now - last < 1000) return;
    last = now;
    busy = true;
    // Progress is a courtesy: a lost one does no harm, and the run itself must not fail for it.
    tell({ ...progress, totalFiles: progress.totalFiles ?? null, ...throughput.of(progress, now) }).then(
      () => {
        busy = false;
      },
      () => {
        busy = false;
      },
    );
  };
}
