/** What blackouts leave of an RPO that a policy is to go by. */
import { FIRST_SECONDS, standingOf } from './backup-standing.ts';
import { invalid } from './errors.ts';
import type { Cadence } from './schedules/cadence.ts';
import { impossibleBlackouts } from './schedules/data-age.ts';
import { listBlackouts } from './schedules/schedules.ts';
import { zoneOf } from './schedules/zone.ts';
import type { Work } from './work.ts';

/** Refuses an RPO that a blackout makes impossible, unless the policy went by one as short before. `id` is null for a new policy. */
export async function refuseImpossibleObjective(
  work: Work,
  { id, client, asset }: { id: string | null; client: string; asset: { name: string } },
  { before, after }: { before: Cadence | null; after: Cadence },
): Promise<void> {
  if (after.kind !== 'objective') return;
  const { rpoSeconds } = after;
  if (before?.kind === 'objective' && before.rpoSeconds <= rpoSeconds) return;
  const durationSeconds = id === null ? FIRST_SECONDS : (await standingOf(work, id)).durationSeconds;
  const blackouts = await listBlackouts(work, client);
  const zone = await zoneOf(work, client);
  const { value: broken } = impossibleBlackouts(
    { blackouts, zone },
    { rpoSeconds, durationSeconds, now: work.now },
  ).next();
  if (!broken) return;
  throw invalid('rpoSeconds', 'backup-policy.rpo-impossible', {
    asset: asset.name,
    blackout: broken.name,
    blackSeconds: broken.seconds,
    durationSeconds,
    rpoSeconds,
  });
}
