/** Turns schedules into occurrences, two days ahead, so that what is due stays due whoever runs or does not run. */
import { findClient } from '../clients.ts';
import { isOfOpenClient } from '../open-clients.ts';
import type { Work } from '../work.ts';
import type { Timed } from './cadence.ts';
import { dueByObjective } from './data-age.ts';
import { dueTimes } from './due-times.ts';
import type { Purposes } from './purpose.ts';
import { listBlackouts, presentSchedule, type Schedule } from './schedules.ts';

const HOUR = 3_600_000;
const AHEAD = 48 * HOUR;
/** Planned again when less than this is left. */
const LEFT = 24 * HOUR;
/** Of a longer time in which nobody planned, no more than this is told row by row. */
const BEHIND = 7 * 24 * HOUR;
const BATCH = 500;
/** An objective is looked at again so soon while a run that may change everything is under way. */
const LOOK_AGAIN = 60_000;

/** Plans what has too little ahead of it. True when there may be more to plan. */
export async function planAhead(work: Work, purposes: Purposes): Promise<boolean> {
  const rows = await work.db
    .selectFrom('schedules')
    .selectAll()
    .where('is_enabled', '=', true)
    .where('plan_at', '<=', work.now)
    .where(({ ref }) => isOfOpenClient(ref('schedules.client_id')))
    .orderBy('plan_at')
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  const zones = new Map<string, string>();
  for (const row of rows) {
    const zone = zones.get(row.client_id) ?? (await findClient(work, row.client_id)).timeZone;
    zones.set(row.client_id, zone);
    const schedule = presentSchedule(row);
    const planned =
      schedule.cadence.kind === 'objective'
        ? await byObjective(work, schedule, { rpoSeconds: schedule.cadence.rpoSeconds, zone, purposes })
        : byCalendar(schedule.cadence, { zone, id: schedule.subject, after: row.planned_until }, work.now);
    await keep(work, schedule, planned);
  }
  return rows.length === BATCH;
}

interface Place {
  zone: string;
  id: string;
  after: Date;
}

interface Planned {
  times: Date[];
  until: Date;
  again: Date;
}

function byCalendar(cadence: Timed, { after, ...place }: Place, now: Date): Planned {
  const until = new Date(now.getTime() + AHEAD);
  const from = new Date(Math.max(after.getTime(), now.getTime() - BEHIND));
  const times: Date[] = [];
  for (const due of dueTimes(cadence, { ...place, after: from })) {
    if (due > until) break;
    times.push(due);
  }
  return { times, until, again: new Date(until.getTime() - LEFT) };
}

/** One occurrence at a time: when the data would else grow too old. It is planned again once that one has been settled. */
async function byObjective(
  work: Work,
  { client, purpose, subject, id }: Schedule,
  { rpoSeconds, zone, purposes }: { rpoSeconds: number; zone: string; purposes: Purposes },
): Promise<Planned> {
  const { now } = work;
  const soon = { times: [], until: now, again: new Date(now.getTime() + LOOK_AGAIN) };
  const standing = await purposes[purpose]?.standing?.(work, subject);
  if (!standing || standing.isUnderWay) return soon;
  await dropPlanned(work, id);
  const { lastDataTime, durationSeconds, notBefore } = standing;
  const blackouts = await listBlackouts(work, client);
  const due = dueByObjective(lastDataTime, { rpoSeconds, durationSeconds, now }, { blackouts, zone });
  const at = new Date(Math.max(due.getTime(), now.getTime(), notBefore?.getTime() ?? 0));
  // Looked at again before it is due: a run that a person asked for moves it on.
  return {
    times: [at],
    until: at,
    again: new Date(Math.min(at.getTime() + LOOK_AGAIN, now.getTime() + HOUR)),
  };
}

async function keep({ db }: Work, schedule: Schedule, { times, until, again }: Planned) {
  if (times.length > 0)
    await db
      .insertInto('occurrences')
      .values(
        times.map((due) => ({
          client_id: schedule.client,
          schedule_id: schedule.id,
          due_at: due,
          begin_from: due,
          start_by: new Date(due.getTime() + schedule.startWindowSeconds * 1000),
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  await db
    .updateTable('schedules')
    .set({ planned_until: until, plan_at: again })
    .where('id', '=', schedule.id)
    .execute();
}

async function dropPlanned({ db }: Work, schedule: string) {
  await db
    .deleteFrom('occurrences')
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'planned')
    .execute();
}
