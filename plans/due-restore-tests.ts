/** Begins restore tests that are due: on the newest point, and never once more on what is proved already. */
import { isThere } from './point-losses.ts';
import { hasBeenProved } from './restore-test-ends.ts';
import { isTestUnderWay, requestRestoreTest } from './restore-test-requests.ts';
import { findScheduledTest, isSample, type ScheduledTest } from './scheduled-tests.ts';
import type { Purpose } from './schedules/purpose.ts';
import { RANKS } from './turns.ts';
import type { Work } from './work.ts';

export const scheduledTests: Purpose = {
  async begin(work, { subject }) {
    const test = await findScheduledTest(work, subject);
    const point = await newestPoint(work, test);
    if (point === null) return 'nothing-new';
    if (await isTestUnderWay(work, point)) return 'overlap';
    // A second proof of an old point would look like one of what was made since.
    if (!isSample(test) && (await hasBeenProved(work, point, test.level))) return 'nothing-new';
    const asked = {
      recoveryPoint: point,
      level: test.level,
      ...(test.budgetSeconds !== null && { budgetMinutes: Math.ceil(test.budgetSeconds / 60) }),
      ...(test.budgetBytes !== null && { budgetGigabytes: Math.max(1, Math.round(test.budgetBytes / 1e9)) }),
    };
    const { id } = await requestRestoreTest(work, asked, { rank: RANKS.rotating, agent: test.agent });
    return { run: id };
  },
};

/** One that a wrong clock dated ahead would keep all that is really newer from being tested. */
async function newestPoint({ db, now }: Work, { policy }: ScheduledTest): Promise<string | null> {
  const row = await db
    .selectFrom('recovery_points as point')
    .innerJoin('backup_policies as policy', (join) =>
      join
        .onRef('policy.asset_id', '=', 'point.asset_id')
        .onRef('policy.store_id', '=', 'point.store_id')
        .onRef('policy.client_id', '=', 'point.client_id'),
    )
    .select('point.id')
    .where('policy.id', '=', policy)
    .where('point.data_time', '<=', now)
    .where(isThere('point'))
    .orderBy('point.data_time', 'desc')
    .executeTakeFirst();
  return row?.id ?? null;
}
