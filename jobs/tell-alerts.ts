import { z } from 'zod';
import { claimMessage, endMessage } from '#/plans/alerts/messages.ts';
import { planTelling } from '#/plans/alerts/plan-telling.ts';
import { job } from './job.ts';

/** Plans whom to tell of what happened, then sends what is due, one after the other. */
export const tellAlerts = job({
  name: 'tell-alerts',
  payload: z.object({}),
  retries: 2,
  longestSeconds: 3600,
  atOnce: 2,

  async run(_payload, provider, { inProvider, sendAlert }, signal) {
    while ((await inProvider(provider, planTelling)) > 0) signal.throwIfAborted();
    // A relay that is away is asked once: what waits for it keeps nobody else waiting.
    for (let channelsOnly = false; ; ) {
      signal.throwIfAborted();
      const message = await inProvider(provider, (work) => claimMessage(work, { channelsOnly }));
      if (!message) return;
      const sent = await sendAlert(provider, message); // the relay may be slow: no transaction is open here
      await inProvider(provider, (work) => endMessage(work, message.id, sent));
      if (!sent.isAccepted && sent.finding.code === 'alert.relay-unreachable') channelsOnly = true;
    }
  },

  // What is due stays due, and the next tick asks for it again.
  async giveUp() {},
});
