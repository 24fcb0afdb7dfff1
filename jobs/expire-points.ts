import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import {
  decideExpiry,
  failExpiry,
  finishExpiry,
  notePacks,
  startExpiry,
} from '#/plans/retention/expiries.ts';
import { findingOf } from './finding.ts';
import { job } from './job.ts';
import { storeOf } from './store-of.ts';
import { tellingProgress } from './telling-progress.ts';

/** Lets points of a policy go by its retention, and writes down what went and what the store did not let go. */
export const expirePoints = job({
  name: 'expire-points',
  payload: z.object({ policyId: z.uuid() }),
  retries: 2,
  longestSeconds: 4 * 3600,
  atOnce: 1,

  async run({ policyId }, provider, tools, signal) {
    const { inProvider, engine } = tools;
    const plan = await inProvider(provider, (work) => startExpiry(work, policyId));
    if (!plan) return;
    const place = { store: storeOf(plan.store, provider, tools), asset: plan.asset };
    const long = { client: plan.client, kind: 'expiry' as const, id: policyId };
    try {
      await tellingProgress(long, 'heads', provider, tools, async (onProgress) => {
        const watch = { signal, onProgress };
        const { toRead } = plan;
        const read = toRead.length > 0 ? await engine.survey({ ...place, points: toRead }, watch) : [];
        await inProvider(provider, (work) => notePacks(work, policyId, read));
        const heads = new Set(read.map(({ point }) => point));
        const decided = await inProvider(provider, (work) => decideExpiry(work, policyId, heads));
        const isGoing = decided.going.length > 0;
        const done = isGoing ? await engine.removePoints({ ...place, ...decided }, watch) : null;
        await inProvider(provider, (work) => finishExpiry(work, policyId, done));
      });
    } catch (error) {
      const { finding } = findingOf(error);
      await inProvider(provider, (work) => failExpiry(work, policyId, finding));
    }
  },

  giveUp: ({ policyId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failExpiry(
        work,
        policyId,
        finding(
          'expiry.worker-died',
          'The worker died each time it let points go. The next day tries again.',
        ),
      ),
    ),
});
