import { z } from 'zod';
import { refreshStandings } from '#/plans/standings.ts';
import { job } from './job.ts';

/** Then others have their turn; the next tick asks for the rest. */
const MOST_BATCHES = 100;

/** Computes where clients stand: those of whom something changed, or whose time has come. */
export const computeStandings = job({
  name: 'compute-standings',
  payload: z.object({}),
  retries: 2,
  longestSeconds: 3600,
  atOnce: 1,

  async run(_payload, provider, { inProvider }, signal) {
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      signal.throwIfAborted();
      if ((await inProvider(provider, refreshStandings)) === 0) return;
    }
  },

  // The next tick asks for it again: what is due stays due.
  async giveUp() {},
});
