import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { offerOrder, prepareOrder } from '#/plans/agent-orders.ts';
import { failBackup } from '#/plans/backup-run-ends.ts';
import { waitForBlackout } from '#/plans/blackout-runs.ts';
import { finding } from '#/plans/findings.ts';
import { signOrder } from './agents/order.ts';
import { job } from './job.ts';

/** An agent that is off is waited for so long. */
export const WAITED_FOR_MS = 4 * 3_600_000;

/** Signs what an agent is to do and lays it out. Only workers can open the key: the web process hands orders on, it makes none. */
export const offerOrderJob = job({
  name: 'offer-order',
  payload: z.object({ runId: z.uuid() }),
  retries: 3,
  longestSeconds: 60,
  atOnce: 2,

  async run({ runId }, provider, { inProvider, open }) {
    const prepared = await inProvider(provider, async (work) =>
      (await waitForBlackout(work, runId)) ? null : prepareOrder(work, runId),
    );
    if (!prepared) return;
    const { agent, keyName, sealedOrderKey, order } = prepared;
    const id = randomUUID();
    const expiresAt = new Date(Date.now() + WAITED_FOR_MS);
    const signingKey = open(provider, 'order-signing', sealedOrderKey);
    const signed = await signOrder(order, { id, agent: keyName, expiresAt, signingKey });
    const ordered = { run_id: runId, test_id: null };
    await inProvider(provider, (work) => offerOrder(work, ordered, { id, agent, signed, expiresAt }));
  },

  giveUp: ({ runId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failBackup(
        work,
        runId,
        null,
        finding('backup-run.worker-died', 'The worker died each time it tried. No recovery point was made.'),
      ),
    ),
});
