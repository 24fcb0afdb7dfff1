import { z } from 'zod';
import { findAddressee } from '#/plans/member-factors.ts';
import { job } from './job.ts';

/** Tells somebody that their second factors were taken away: whoever did not ask for it should know at once. */
export const mailFactorReset = job({
  name: 'mail-factor-reset',
  payload: z.object({ person: z.uuid() }),
  retries: 5,
  longestSeconds: 120,
  atOnce: 2,

  async run({ person }, provider, { inProvider, sendLetter, log }) {
    const found = await inProvider(provider, (work) => findAddressee(work, person));
    if (!found) return;
    const sent = await sendLetter({
      kind: 'factor-reset',
      id: `factor-reset-${crypto.randomUUID()}`,
      to: { name: found.name, address: found.email },
      locale: found.locale,
      path: '/account',
      params: { name: found.name },
    });
    if (sent.isAccepted) return;
    if (!sent.isFinal) throw new Error(sent.finding.message);
    log.warn({ finding: sent.finding.code }, 'nobody was told by mail that second factors were reset');
  },

  async giveUp() {},
});
