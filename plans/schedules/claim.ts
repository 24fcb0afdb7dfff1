/** Takes what is due. Each occurrence is settled once, whatever number of clocks tick: begun, missed or skipped, and why. */
import { findClient } from '../clients.ts';
import { isOfOpenClient } from '../open-clients.ts';
import type { Work } from '../work.ts';
import { type Stretch, stretchesBetween, whenAllowed } from './blackouts.ts';
import type { Purposes } from './purpose.ts';
import { listBlackouts, presentSchedule, type Schedule } from './schedules.ts';

/** Schedules in one transaction. */
const BATCH = 200;
/** How far a blackout is followed to its end. */
const AHEAD = 8 * 86_400_000;

export const CAUSES = [
  'service-down',
  'window-closed',
  'blackout',
  'overlap',
  'coalesced',
  'caught-up',
  'nothing-new',
] as const;
export type Cause = (typeof CAUSES)[number];

interface DueOccurrence {
  id: string;
  schedule: Schedule;
  dueAt: Date;
  startBy: Date;
}

interface End {
  state: 'begun' | 'missed' | 'skipped';
  cause: Cause | null;
  run_id?: string;
}

/** Settles what is due now; `lastBeat` is when a clock looked before. `isMore` when there may be more of it. */
export async function claimDue(
  work: Work,
  purposes: Purposes,
  lastBeat: Date | null,
): Promise<{ begun: number; isMore: boolean }> {
  const schedules = await takeSchedules(work);
  const due = await listDue(work, schedules);
  const stretches = new Map<string, Stretch[]>();
  let begun = 0;
  for (const own of Map.groupBy(due, ({ schedule }) => schedule.id).values()) {
    // Of several that are due, only the last is done: a long sleep is made up for once.
    for (const one of own.slice(0, -1)) await settle(work, one, missed('coalesced', one, lastBeat));
    const last = own.at(-1)!;
    const end = await endOf(work, last, { purposes, lastBeat, stretches });
    if (end) await settle(work, last, end);
    if (end?.state === 'begun') begun++;
  }
  return { begun, isMore: schedules.length === BATCH };
}

interface Claiming {
  purposes: Purposes;
  lastBeat: Date | null;
  stretches: Map<string, Stretch[]>;
}

/** Null while a blackout has it wait. */
async function endOf(work: Work, one: DueOccurrence, claiming: Claiming): Promise<End | null> {
  const { schedule, dueAt, startBy } = one;
  const allowed = whenAllowed(await stretchesFor(work, one, claiming.stretches), work.now);
  if (allowed > work.now) {
    if (allowed > startBy && schedule.catchUp === 'skip') return { state: 'missed', cause: 'blackout' };
    await putOff(work, one, allowed);
    return null;
  }
  const isLate = work.now > startBy;
  if (isLate && schedule.catchUp === 'skip') return missed('window-closed', one, claiming.lastBeat);
  const purpose = claiming.purposes[schedule.purpose];
  if (!purpose) throw new Error(`Nothing begins what is due for ${schedule.purpose}.`);
  const { client, subject, completionWindowSeconds: window } = schedule;
  const endBy = window === null ? null : new Date(work.now.getTime() + window * 1000);
  const begun = await purpose.begin(work, { client, subject, dueAt, endBy });
  if (typeof begun === 'string') return { state: 'skipped', cause: begun };
  return { state: 'begun', cause: isLate ? 'caught-up' : null, run_id: begun.run };
}

/** Nobody looked between its due time and the end of its window: the service was down, and that is what is said. */
function missed(
  cause: 'window-closed' | 'coalesced',
  { dueAt, startBy }: DueOccurrence,
  lastBeat: Date | null,
): End {
  const isOver = lastBeat === null || lastBeat < startBy;
  const wasAnyoneThere = lastBeat !== null && lastBeat >= dueAt;
  return { state: 'missed', cause: isOver && !wasAnyoneThere ? 'service-down' : cause };
}

async function settle({ db, now }: Work, { id, schedule }: DueOccurrence, end: End) {
  await db
    .updateTable('occurrences')
    .set({ ...end, settled_at: now })
    .where('id', '=', id)
    .execute();
  if (schedule.cadence.kind === 'objective')
    await db.updateTable('schedules').set({ plan_at: now }).where('id', '=', schedule.id).execute();
}

async function putOff({ db }: Work, { id }: DueOccurrence, until: Date) {
  await db.updateTable('occurrences').set({ begin_from: until }).where('id', '=', id).execute();
}

/** Whole schedules, so that all that is due of one is seen at once. Those that another clock holds are left to it. */
async function takeSchedules({ db, now }: Work): Promise<Schedule[]> {
  const rows = await db
    .selectFrom('schedules')
    .selectAll()
    .where('is_enabled', '=', true)
    .where('id', 'in', (from) =>
      from
        .selectFrom('occurrences')
        .select('schedule_id')
        .where('state', '=', 'planned')
        .where('begin_from', '<=', now),
    )
    .where(({ ref }) => isOfOpenClient(ref('schedules.client_id')))
    .limit(BATCH)
    .forUpdate()
    .skipLocked()
    .execute();
  return rows.map(presentSchedule);
}

/** In order within each schedule. */
async function listDue({ db, now }: Work, schedules: Schedule[]): Promise<DueOccurrence[]> {
  if (schedules.length === 0) return [];
  const byId = new Map(schedules.map((schedule) => [schedule.id, schedule]));
  const rows = await db
    .selectFrom('occurrences')
    .select(['id', 'schedule_id', 'due_at', 'start_by'])
    .where('schedule_id', 'in', [...byId.keys()])
    .where('state', '=', 'planned')
    .where('begin_from', '<=', now)
    .orderBy('schedule_id')
    .orderBy('due_at')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    schedule: byId.get(row.schedule_id)!,
    dueAt: row.due_at,
    startBy: row.start_by,
  }));
}

async function stretchesFor(
  work: Work,
  { schedule: { client } }: DueOccurrence,
  known: Map<string, Stretch[]>,
): Promise<Stretch[]> {
  const found = known.get(client);
  if (found) return found;
  const blackouts = await listBlackouts(work, client);
  const until = new Date(work.now.getTime() + AHEAD);
  const stretches =
    blackouts.length === 0
      ? []
      : stretchesBetween(blackouts, (await findClient(work, client)).timeZone, work.now, until);
  known.set(client, stretches);
  return stretches;
}
