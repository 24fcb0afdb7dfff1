/** Everything that recurs, by what it is for. A purpose is a line here; `schedules/README.md` tells how. */
import { BACKUP } from './backup-policies.ts';
import { scheduledBackups } from './backup-runs.ts';
import { scheduledDrills } from './due-drills.ts';
import { scheduledTests } from './due-restore-tests.ts';
import { REPORT } from './reports/delivery/report-schedules.ts';
import { scheduledReports } from './reports/delivery/scheduled.ts';
import { scheduledLooks, scheduledProofs } from './repositories/due.ts';
import { PURPOSE_OF } from './repositories/usual-schedules.ts';
import { DRILL } from './scheduled-drills.ts';
import { RESTORE_TEST } from './scheduled-tests.ts';
import { beat } from './schedules/beat.ts';
import { claimDue } from './schedules/claim.ts';
import { planAhead } from './schedules/plan-ahead.ts';
import type { Purposes } from './schedules/purpose.ts';
import type { Work } from './work.ts';

const PURPOSES: Purposes = {
  [BACKUP]: scheduledBackups,
  [RESTORE_TEST]: scheduledTests,
  [DRILL]: scheduledDrills,
  [PURPOSE_OF.look]: scheduledLooks,
  [PURPOSE_OF.proof]: scheduledProofs,
  [REPORT]: scheduledReports,
};

type InWork = <T>(run: (work: Work) => Promise<T>) => Promise<T>;

/** Plans ahead and begins what is due, in short transactions. Answers how many were begun. */
export async function queueDueWork(inWork: InWork): Promise<number> {
  const lastBeat = await inWork(beat);
  while (await inWork((work) => planAhead(work, PURPOSES)));
  let count = 0;
  for (let isMore = true; isMore; ) {
    const claimed = await inWork((work) => claimDue(work, PURPOSES, lastBeat));
    count += claimed.begun;
    isMore = claimed.isMore;
  }
  return count;
}
