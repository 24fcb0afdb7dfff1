/** What a round of the clock looks for, for each provider. */
import type { Tools } from '#/jobs/job.ts';
import { forgetOldRequests } from '#/plans/agent-door.ts';
import { settleSilentOrders } from '#/plans/agent-silence.ts';
import { forgetOldTelling } from '#/plans/alerts/forget.ts';
import { queueDueTelling } from '#/plans/alerts/plan-telling.ts';
import { queueDueWatch } from '#/plans/alerts/watch.ts';
import { endRunsOutOfTime, heedBlackouts } from '#/plans/blackout-runs.ts';
import { forgetOldClaims } from '#/plans/claims/words.ts';
import { heedClockSetBack } from '#/plans/clock-set-back.ts';
import { moveOpenDrills } from '#/plans/drills/move.ts';
import { forgetOldUploads } from '#/plans/exchange/uploads.ts';
import { forgetOldAnswers } from '#/plans/idempotency.ts';
import { queueDueOmissionChecks } from '#/plans/omission-checks.ts';
import { forgetInvitations } from '#/plans/personal-data/retention.ts';
import { putDueVersionsInForce } from '#/plans/plan-decisions.ts';
import { queueDueReconciliations } from '#/plans/reconciliations.ts';
import { queueReportsAfter } from '#/plans/reports/delivery/scheduled.ts';
import { queueExpectedLooks } from '#/plans/repositories/expected-looks.ts';
import { forgetOldLooks } from '#/plans/repositories/looks.ts';
import { queueDueExpiries } from '#/plans/retention/expiries.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { forgetOldOccurrences } from '#/plans/schedules/occurrences.ts';
import { forgetOver } from '#/plans/sign-in.ts';
import { queueDueStandings } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import type { Database } from './database.ts';
import { askDueKeyDrills } from './key-drills.ts';
import type { ServiceLog } from './log.ts';
import type { Metrics } from './metrics.ts';

/** In this order, after what runs by schedule. */
const STEPS: ((work: Work) => Promise<unknown>)[] = [
  heedBlackouts,
  endRunsOutOfTime,
  queueDueReconciliations,
  queueDueExpiries,
  queueDueOmissionChecks,
  queueExpectedLooks,
  putDueVersionsInForce,
  queueDueStandings,
  settleSilentOrders,
  moveOpenDrills,
  askDueKeyDrills,
  queueReportsAfter,
  forgetOldRequests,
  forgetInvitations,
  queueDueWatch,
  queueDueTelling,
  forgetOldTelling,
  forgetOldAnswers,
  forgetOldUploads,
  forgetOldOccurrences,
  forgetOldLooks,
  forgetOldClaims,
];

/**
 * Looks for what is due, for each provider. A step that fails keeps no other from being done, of this provider or of the next; the
 * round is then none, and this throws. Without a database it ends at once.
 */
export async function queueDue({
  database,
  inProvider,
  metrics,
  log,
  now,
}: {
  database: Pick<Database, 'atDoor' | 'providerIds'>;
  inProvider: Tools['inProvider'];
  metrics: Pick<Metrics, 'dueBackups'>;
  log: Pick<ServiceLog, 'error' | 'warn'>;
  now: Date;
}): Promise<void> {
  await database.atDoor({}, (door) => forgetOver(door, now));
  const faults: unknown[] = [];
  for (const provider of await database.providerIds()) {
    const attempt = async (step: () => Promise<unknown>) => {
      try {
        await step();
      } catch (error) {
        await database.providerIds();
        log.error({ err: error, provider }, 'the clock could not do one of its steps');
        faults.push(error);
      }
    };
    await attempt(async () => {
      if (await inProvider(provider, heedClockSetBack))
        log.warn({ provider }, 'the clock was set back: all that is due is looked for again');
    });
    await attempt(async () => metrics.dueBackups.inc(await queueDueWork((run) => inProvider(provider, run))));
    for (const step of STEPS) await attempt(() => inProvider(provider, step));
  }
  if (faults.length > 0) throw new AggregateError(faults, 'The clock could not do all of its steps.');
}
