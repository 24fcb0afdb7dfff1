import type { z } from 'zod';
import { keepSchedule, ScheduleRules } from '../schedules/schedules.ts';
import type { Work } from '../work.ts';

/** What recurs of a repository, and what its schedules are for. */
export const RECURS = ['look', 'proof'] as const;
export type Recurs = (typeof RECURS)[number];
export const PURPOSE_OF = { look: 'repository-look', proof: 'repository-proof' } as const;

const HOUR = 3600;
/** People change them as they like. A proof reads and restores everything, so it is not asked for every night. */
const USUAL: Record<Recurs, z.input<typeof ScheduleRules>> = {
  look: { cadence: { kind: 'interval', everySeconds: 6 * HOUR }, startWindowSeconds: HOUR },
  proof: {
    cadence: { kind: 'monthly', days: [1], at: ['02:00'], spreadSeconds: 4 * HOUR },
    startWindowSeconds: 24 * HOUR,
  },
};

/** A repository is listed four times a day and proved once a month until somebody says otherwise. */
export async function addUsualSchedules(
  work: Work,
  { client, repository }: { client: string; repository: string },
): Promise<void> {
  for (const what of RECURS) {
    const { id } = await work.db
      .insertInto('repository_schedules')
      .values({ client_id: client, repository_id: repository, what, created_at: work.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    await keepSchedule(
      work,
      { client, purpose: PURPOSE_OF[what], subject: id },
      ScheduleRules.parse(USUAL[what]),
    );
  }
}
