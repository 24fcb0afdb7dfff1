import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { failOmissionCheck, finishOmissionCheck, startOmissionCheck } from '#/plans/omission-checks.ts';
import { findingOf } from './finding.ts';
import { identityOf } from './identity-of.ts';
import { job } from './job.ts';
import { findOmissions } from './recovery-points/find-omissions.ts';
import { listSource } from './sources/own-list.ts';
import { storeOf } from './store-of.ts';
import { openStore } from './stores/open.ts';

/** Lists what a source holds by other means than the backup's, and holds it against its newest point. */
export const checkOmissions = job({
  name: 'check-omissions',
  payload: z.object({ checkId: z.uuid() }),
  retries: 2,
  longestSeconds: 4 * 3600,
  atOnce: 1,

  async run({ checkId }, provider, tools, signal) {
    const { inProvider, open } = tools;
    const plan = await inProvider(provider, (work) => startOmissionCheck(work, checkId));
    if (!plan) return;
    const { store, sealedIdentities, sealedSource, ...point } = plan;
    const look = async () => {
      const list = await listSource(open(provider, 'source', sealedSource), signal);
      const {
        address,
        credentials,
        isInUse: _,
        ...how
      } = storeOf({ ...store, isInUse: true }, provider, tools);
      return findOmissions(list, {
        ...point,
        store: await openStore(address, { ...how, credentials: credentials ?? undefined }),
        identity: identityOf(sealedIdentities, provider, { open }).identity ?? '',
      });
    };
    const found = await look().catch(findingOf);
    await inProvider(provider, (work) =>
      'finding' in found
        ? failOmissionCheck(work, checkId, found.finding)
        : finishOmissionCheck(work, checkId, found),
    );
  },

  giveUp: ({ checkId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failOmissionCheck(
        work,
        checkId,
        finding('omission-check.worker-died', 'The worker died each time it tried. Nothing was compared.'),
      ),
    ),
});
