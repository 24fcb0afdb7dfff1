/** A thread that works at one stage when told to, so that one or several can be measured at once. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Piece } from './sample.ts';
import { prepareStages, type Stage } from './stages.ts';

export interface ToLimits {
  pieces: Piece[];
  scratchFile: string;
}

export type FromLimits = { amount: Record<Stage, number> } | { seconds: number };

const { pieces, scratchFile } = workerData as ToLimits;
const { amount, run, close } = prepareStages(pieces, scratchFile);

parentPort!.on('message', (stage: Stage | 'close') => {
  if (stage === 'close') {
    close();
    parentPort!.close();
    return;
  }
  const began = performance.now();
  run[stage]();
  tell({ seconds: (performance.now() - began) / 1000 });
});
tell({ amount });

function tell(message: FromLimits): void {
  parentPort!.postMessage(message);
}
