/** Lists are read anew when a snapshot should have come: else data would look too old only because nobody looked. */
import { findClient } from '../clients.ts';
import { isOfOpenClient } from '../open-clients.ts';
import { stretchesBetween, whenAllowed } from '../schedules/blackouts.ts';
import { listBlackouts } from '../schedules/schedules.ts';
import type { Work } from '../work.ts';
import { queueLook } from './repositories.ts';
import { selectStanding } from './standing.ts';

/** A snapshot takes its time: no sooner than so much of the interval later it is looked for. */
const PATIENCE = 0.05;
const AGAIN_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Once an hour, until it came or a whole interval has gone by: from then on it is looked for by schedule alone. */
export async function queueExpectedLooks(work: Work): Promise<void> {
  const now = work.now.getTime();
  const rows = await selectStanding(work)
    .where('repository.sealed_secrets', 'is not', null)
    .where('repository.looked_at', '<', new Date(now - AGAIN_MS))
    .where('repository.finding', 'is', null)
    .where(({ ref }) => isOfOpenClient(ref('repository.client_id')))
    .orderBy('repository.looked_at')
    .limit(500)
    .execute();
  for (const { id, client_id, newest_at, every_seconds } of rows) {
    if (newest_at === null) continue;
    const everyMs = every_seconds * 1000;
    const expectedAt = newest_at.getTime() + everyMs * (1 + PATIENCE);
    const isAwaited = now >= expectedAt && now < expectedAt + everyMs;
    if (isAwaited && !(await isBlackout(work, client_id))) await queueLook(work, id);
  }
}

async function isBlackout(work: Work, client: string): Promise<boolean> {
  const blackouts = await listBlackouts(work, client);
  if (blackouts.length === 0) return false;
  const { timeZone } = await findClient(work, client);
  const until = new Date(work.now.getTime() + DAY_MS);
  return whenAllowed(stretchesBetween(blackouts, timeZone, work.now, until), work.now) > work.now;
}
