/** How long what is kept of people beside the plans themselves stays, and what takes it away when that is over. */
import { LONGEST_SESSION_MS } from '../sign-in-rules.ts';
import type { Work } from '../work.ts';

const DAY_SECONDS = 86_400;

/** Past so many days nobody asks who was invited; that they were stands in the trail. */
const INVITATION_DAYS = 90;

/** Null: it stays, see the page's words. */
export const RETENTION = [
  { what: 'throttles', seconds: 900 },
  { what: 'door-steps', seconds: 600 },
  { what: 'sessions', seconds: LONGEST_SESSION_MS / 1000 },
  { what: 'invitations', seconds: INVITATION_DAYS * DAY_SECONDS },
  { what: 'messages', seconds: 400 * DAY_SECONDS },
  { what: 'trail', seconds: null },
] as const;

/** Invitations that were accepted, withdrawn or not followed in time. */
export async function forgetInvitations({ db, now }: Work): Promise<void> {
  const before = new Date(now.getTime() - INVITATION_DAYS * DAY_SECONDS * 1000);
  await db
    .deleteFrom('invitations')
    .where((row) =>
      row.or([
        row('accepted_at', '<', before),
        row('withdrawn_at', '<', before),
        row('expires_at', '<', before),
      ]),
    )
    .execute();
}
