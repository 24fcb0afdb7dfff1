/** What an agent tells beside the recovery point it made: the sentinel planted before it, and what of the source is not in it. */
import { z } from 'zod';
import { Finding } from './findings.ts';
import { failOmissionCheck, finishOmissionCheck, missedBefore } from './omission-checks.ts';
import { Omissions } from './omissions.ts';
import { readSentinelText } from './sentinel-texts.ts';
import { isSentinelAllowed, notePlanted } from './sentinels.ts';
import type { Work } from './work.ts';

/** A daily backup comes now a little sooner, now a little later. */
const LOOK_EVERY_MS = 20 * 3_600_000;

/** Clocks are no further apart. */
const CLOCKS_DIFFER_MS = 10 * 60_000;

export const ToldSentinel = z.object({
  text: z.string().max(200),
  refusal: Finding.nullable().describe('Why none could be put there'),
});
export type ToldSentinel = z.infer<typeof ToldSentinel>;

export const ToldLook = z.union([
  z.object({ omissions: Omissions }),
  z.object({ finding: Finding.describe('Why nothing was compared') }),
]);
export type ToldLook = z.infer<typeof ToldLook>;

interface Asked {
  asset: string;
  isBucket: boolean;
}

/** What an order for a backup asks for beside the point. A bucket takes no sentinel of ours, and lists itself. */
export async function askBeside(work: Work, run: string, { asset, isBucket }: Asked) {
  if (isBucket) return { sentinelFor: null, look: null };
  return {
    sentinelFor: (await isSentinelAllowed(work, asset)) ? run : null,
    look: (await isLookDue(work, asset)) ? { missedBefore: await missedBefore(work, asset, work.now) } : null,
  };
}

/** A sentinel that is not of its run and time is none: it would date the data by whatever its machine likes. */
export async function hearSentinel(
  work: Work,
  { run, asset, offeredAt }: { run: string; asset: string; offeredAt: Date },
  told: ToldSentinel | null,
): Promise<void> {
  if (!told) return;
  const read = readSentinelText(told.text);
  const least = offeredAt.getTime() - CLOCKS_DIFFER_MS;
  const most = work.now.getTime() + CLOCKS_DIFFER_MS;
  const isOfItsRun =
    read?.run === run && read.plantedAt.getTime() >= least && read.plantedAt.getTime() <= most;
  await notePlanted(work, { run, asset }, isOfItsRun ? told : { ...told, refusal: NOT_OF_ITS_RUN });
}

const NOT_OF_ITS_RUN: Finding = {
  code: 'agent.sentinel-not-of-its-run',
  params: {},
  message: 'The agent told of a sentinel that is not of this backup, or of another time. It dates nothing.',
};

/** Of a point that is on record by now. */
export async function hearLook(work: Work, run: string, told: ToldLook | null): Promise<void> {
  if (!told) return;
  const point = await work.db
    .selectFrom('recovery_points')
    .select(['id', 'client_id', 'asset_id'])
    .where('run_id', '=', run)
    .executeTakeFirst();
  if (!point) return;
  const { id } = await work.db
    .insertInto('omission_checks')
    .values({
      client_id: point.client_id,
      asset_id: point.asset_id,
      recovery_point_id: point.id,
      state: 'queued',
      asked_by: work.actor.name,
      asked_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if ('omissions' in told) await finishOmissionCheck(work, id, told.omissions);
  else await failOmissionCheck(work, id, told.finding);
}

async function isLookDue({ db, now }: Work, asset: string): Promise<boolean> {
  const recent = await db
    .selectFrom('omission_checks')
    .select('id')
    .where('asset_id', '=', asset)
    .where('asked_at', '>', new Date(now.getTime() - LOOK_EVERY_MS))
    .executeTakeFirst();
  return recent === undefined;
}
