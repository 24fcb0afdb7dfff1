import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { linkInvitation, markUndelivered } from '#/plans/invitations.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { job } from './job.ts';

/** Mails an invitation. Each try makes a link of its own, and only the last one opens. */
export const mailInvitation = job({
  name: 'mail-invitation',
  payload: z.object({ invitation: z.uuid() }),
  retries: 5,
  longestSeconds: 120,
  atOnce: 2,

  async run({ invitation }, provider, { inProvider, sendLetter }) {
    const token = randomBytes(32).toString('base64url');
    const found = await inProvider(provider, (work) => linkInvitation(work, invitation, hashOfToken(token)));
    if (!found) return;
    const sent = await sendLetter({
      kind: 'invitation',
      id: `invitation-${invitation}`,
      to: { name: found.name, address: found.email },
      locale: found.locale,
      path: `/invitation/${token}`,
      params: { by: found.invitedBy, provider: found.provider, name: found.name },
    });
    if (sent.isAccepted) return;
    if (!sent.isFinal) throw new Error(sent.finding.message);
    await inProvider(provider, (work) => markUndelivered(work, invitation));
  },

  async giveUp({ invitation }, provider, { inProvider }) {
    await inProvider(provider, (work) => markUndelivered(work, invitation));
  },
});
