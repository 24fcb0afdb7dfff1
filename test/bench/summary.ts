/** Runs of the same kind, as one line. */
import { type StoreKind, WORKS, type Work } from './contender.ts';
import type { Run } from './round.ts';

export interface Summary {
  set: string;
  work: Work;
  contender: string;
  store: StoreKind;
  wallSeconds: number;
  wallRange: [number, number];
  cpuSeconds: number;
  storeSeconds: number;
  peakBytes: number;
  storedBytes: number;
  runs: number;
  noisy: number;
  /** Whether others left the machine alone in half of the rounds at least. If not, times are no ground for a verdict. */
  isQuiet: boolean;
}

/**
 * Sums up each set, work, contender and store. Medians are of one run a round, the quietest, and of quiet rounds only when there
 * are any; the range and the peak are of all runs, the noisy ones too.
 */
export function summarize(runs: Run[]): Summary[] {
  const kinds = Object.groupBy(runs, ({ set, work, contender, store }) =>
    [set, work, contender, store].join(),
  );
  const summaries = Object.values(kinds).map((same) => summarizeSame(same!));
  return summaries.toSorted(
    (a, b) => a.set.localeCompare(b.set) || WORKS.indexOf(a.work) - WORKS.indexOf(b.work),
  );
}

/** What is compared on one store. Who knows no S3 stands there with its folder, which is to its advantage, and says so. */
export function comparedOn(store: StoreKind, summaries: Summary[]): Summary[] {
  const there = new Set(summaries.filter((one) => one.store === store).map(({ contender }) => contender));
  return summaries
    .filter((one) => one.store === store || !there.has(one.contender))
    .map((one) => (one.store === store ? one : { ...one, contender: `${one.contender} (${one.store})` }));
}

function summarizeSame(runs: Run[]): Summary {
  const { set, work, contender, store } = runs[0]!;
  const rounds = Object.values(Object.groupBy(runs, ({ round }) => round)).map((tries) => quietest(tries!));
  const quiet = rounds.filter(({ isNoisy }) => !isNoisy);
  const counted = quiet.length > 0 ? quiet : rounds;
  const walls = runs.map(({ wallSeconds }) => wallSeconds);
  return {
    set,
    work,
    contender,
    store,
    wallSeconds: median(counted.map(({ wallSeconds }) => wallSeconds)),
    wallRange: [Math.min(...walls), Math.max(...walls)],
    cpuSeconds: median(counted.map(({ cpuSeconds }) => cpuSeconds)),
    storeSeconds: median(counted.map(({ storeSeconds }) => storeSeconds)),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    storedBytes: median(counted.map(({ storedBytes }) => storedBytes)),
    runs: runs.length,
    noisy: runs.filter(({ isNoisy }) => isNoisy).length,
    isQuiet: quiet.length >= rounds.length / 2,
  };
}

function quietest(tries: Run[]): Run {
  return tries.reduce((best, one) => (one.othersShare < best.othersShare ? one : best));
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}
