import { z } from 'zod';
import { RECORD_RULES } from '#/plans/alerts/rules/index.ts';
import { watchRecords } from '#/plans/alerts/watch.ts';
import { job } from './job.ts';

/** Looks for what needs somebody, rule by rule: one that breaks keeps no other from looking. */
export const watchAlerts = job({
  name: 'watch-alerts',
  payload: z.object({}),
  retries: 1,
  longestSeconds: 600,
  atOnce: 1,

  async run(_payload, provider, { inProvider }, signal) {
    const broken: unknown[] = [];
    for (const rule of RECORD_RULES) {
      signal.throwIfAborted();
      await inProvider(provider, (work) => watchRecords(work, rule)).catch((error) => broken.push(error));
    }
    if (broken.length > 0) throw new AggregateError(broken, 'rules of alerts could not look');
  },

  // The next minute asks for it again.
  async giveUp() {},
});
