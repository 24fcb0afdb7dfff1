import { z } from 'zod';
import { packAfterApproval } from '#/plans/crisis-packs.ts';
import { job } from './job.ts';

/** Asks for a crisis pack once a plan came into force. What it is made from is read after the approval, not within it. */
export const packAfterApprovalJob = job({
  name: 'pack-after-approval',
  payload: z.object({ client: z.uuid() }),
  retries: 3,
  longestSeconds: 120,
  atOnce: 1,

  async run({ client }, provider, { inProvider, versions }) {
    await inProvider(provider, (work) => packAfterApproval(work, client, versions));
  },

  giveUp: async () => {},
});
