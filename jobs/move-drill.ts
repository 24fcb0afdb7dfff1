import { z } from 'zod';
import { moveDrill } from '#/plans/drills/move.ts';
import { job } from './job.ts';

/** Moves a scenario drill on, after a restore or a step has ended. The clock does the same, should this be lost. */
export const moveDrillJob = job({
  name: 'move-drill',
  payload: z.object({ drillId: z.uuid() }),
  retries: 3,
  longestSeconds: 60,
  atOnce: 2,

  run: ({ drillId }, provider, { inProvider }) => inProvider(provider, (work) => moveDrill(work, drillId)),

  // Nothing stays behind: the clock moves every open drill on, and ends it at its deadline.
  giveUp: async () => undefined,
});
