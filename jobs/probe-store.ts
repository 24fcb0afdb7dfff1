import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { failProbe, finishProbe, startProbe } from '#/plans/store-probes.ts';
import { findingOf } from './finding.ts';
import { job } from './job.ts';
import { probeStore } from './stores/probe-store.ts';

/** Finds out what a store can do, and writes it down. */
export const probeStoreJob = job({
  name: 'probe-store',
  payload: z.object({ storeId: z.uuid() }),
  retries: 2,
  longestSeconds: 1800,
  atOnce: 2,

  async run({ storeId }, provider, { inProvider, open, privateHosts }) {
    const store = await inProvider(provider, (work) => startProbe(work, storeId));
    if (!store) return;

    const credentials =
      store.sealedCredentials && JSON.parse(open(provider, 'store', store.sealedCredentials));
    const found = await probeStore(store.address, {
      credentials: credentials ?? undefined,
      privateHosts,
    }).catch(findingOf);
    await inProvider(provider, (work) =>
      'finding' in found
        ? failProbe(work, storeId, found.finding)
        : finishProbe(work, storeId, {
            lines: found.lines,
            checksums: found.checksums,
            leftBehind: found.leftBehind.slice(0, 100),
            isComplete: found.brokeOff === null,
          }),
    );
  },

  giveUp: ({ storeId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failProbe(
        work,
        storeId,
        finding(
          'store-probe.worker-died',
          'The worker died each time it probed the store. Nothing is known.',
        ),
      ),
    ),
});
