/** What this machine can do at each stage of our work on these data, and how long a work would take at those rates. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { DataSet, SetFacts } from './data.ts';
import { takeSample } from './limits/sample.ts';
import { STAGES, type Stage } from './limits/stages.ts';
import type { FromLimits, ToLimits } from './limits/worker.ts';
import { watchOthers } from './processor-time.ts';

const REPEATS = 5;
const CORES = Math.min(2, availableParallelism());

/** Rates in bytes (`list`: files) a second. */
export interface Limits {
  set: string;
  oneCore: Record<Stage, number>;
  twoCores: Record<Stage, number>;
  /** With others at work the limits come out too low, and we look nearer to them than we are. */
  othersShare: number;
}

/** Measures every stage on one core and on two, and takes the best of some tries: a limit is what was reached once. */
export async function measureLimits(set: DataSet, work: string): Promise<Limits> {
  const pieces = takeSample(set.folder, set.bytes);
  const threads = await Promise.all(
    Array.from({ length: CORES }, (_, at) =>
      startThread({ pieces, scratchFile: path.join(work, `limit-${at}`) }),
    ),
  );
  const others = watchOthers();
  const oneCore = await ratesOf(threads.slice(0, 1));
  const twoCores = await ratesOf(threads);
  const othersShare = others.stop();
  for (const { worker } of threads) worker.postMessage('close');
  await Promise.all(threads.map(({ worker }) => once(worker, 'exit')));
  return { set: set.name, oneCore, twoCores, othersShare };
}

/** Seconds that a first backup takes when every stage runs at its limit on all cores, one after the other. */
export function limitOfFirst({ twoCores }: Limits, { files, bytes }: SetFacts, storedBytes: number): number {
  const { list, read, sha256, zstd, seal, write } = twoCores;
  const perContent = 1 / read + 1 / sha256 + 1 / zstd;
  const perStored = 1 / seal + 1 / twoCores['sha256-packs'] + 1 / write;
  return files / list + bytes * perContent + storedBytes * perStored;
}

/** The same for reading everything back and comparing it. */
export function limitOfProof({ twoCores }: Limits, { bytes }: SetFacts, storedBytes: number): number {
  const { fetch, open, unzstd, sha256 } = twoCores;
  return (
    storedBytes * (1 / fetch + 1 / twoCores['sha256-packs'] + 1 / open) + bytes * (1 / unzstd + 1 / sha256)
  );
}

interface Thread {
  worker: Worker;
  amount: Record<Stage, number>;
}

async function startThread(workerData: ToLimits): Promise<Thread> {
  const worker = new Worker(new URL('./limits/worker.ts', import.meta.url), { workerData });
  return { worker, ...((await hear(worker)) as { amount: Record<Stage, number> }) };
}

async function ratesOf(threads: Thread[]): Promise<Record<Stage, number>> {
  const rates: [Stage, number][] = [];
  for (const stage of STAGES) rates.push([stage, await bestRate(threads, stage)]);
  return Object.fromEntries(rates) as Record<Stage, number>;
}

async function bestRate(threads: Thread[], stage: Stage): Promise<number> {
  let best = 0;
  for (let i = 0; i < REPEATS; i++) {
    const seconds = await Promise.all(threads.map(({ worker }) => timeOf(worker, stage)));
    best = Math.max(best, (threads.length * threads[0]!.amount[stage]) / Math.max(...seconds));
  }
  return best;
}

async function timeOf(worker: Worker, stage: Stage): Promise<number> {
  const answer = hear(worker);
  worker.postMessage(stage);
  return ((await answer) as { seconds: number }).seconds;
}

async function hear(worker: Worker): Promise<FromLimits> {
  const [message] = await once(worker, 'message');
  return message as FromLimits;
}
