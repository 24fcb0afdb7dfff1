import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { openReset } from '#/plans/password-resets.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { job } from './job.ts';

/** Mails the link for a new password. Each try makes a link of its own, and only the last one opens. */
export const mailReset = job({
  name: 'mail-reset',
  payload: z.object({ person: z.uuid() }),
  retries: 2,
  longestSeconds: 120,
  atOnce: 2,

  async run({ person }, provider, { inProvider, sendLetter, log }) {
    const token = randomBytes(32).toString('base64url');
    const hash = hashOfToken(token);
    const found = await inProvider(provider, (work) => openReset(work, person, hash));
    if (!found) return;
    const sent = await sendLetter({
      kind: 'reset',
      id: `reset-${hash.slice(0, 16)}`,
      to: { name: found.name, address: found.email },
      locale: found.locale,
      path: `/reset/${token}`,
      params: { name: found.name },
    });
    if (sent.isAccepted) return;
    if (!sent.isFinal) throw new Error(sent.finding.message);
    log.warn({ finding: sent.finding.code }, 'the relay refused the mail for a forgotten password');
  },

  // Whoever waits for it asks again.
  async giveUp() {},
});
