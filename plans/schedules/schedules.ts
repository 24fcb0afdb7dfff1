/** Schedules: what recurs, how often, and what becomes of it when nobody could begin it in time. One keeper of the rows. */
import { z } from 'zod';
import type { Work } from '../work.ts';
import { Blackout } from './blackouts.ts';
import { Cadence } from './cadence.ts';
import { longestStretch, worstDataAge } from './data-age.ts';
import { zoneOf } from './zone.ts';

export const ScheduleRules = z
  .object({
    cadence: Cadence,
    startWindowSeconds: z
      .int()
      .min(60)
      .max(604_800)
      .default(3600)
      .describe('It may begin this long after its due time; later it is missed, or caught up with'),
    completionWindowSeconds: z
      .int()
      .min(60)
      .max(2_592_000)
      .nullable()
      .default(null)
      .describe('It has to end this long after it began'),
    catchUp: z
      .enum(['once', 'skip'])
      .default('once')
      .describe('What was missed while nobody could begin it is done once, late, or left out'),
  })
  .meta({ id: 'ScheduleRules' });
export type ScheduleRules = z.infer<typeof ScheduleRules>;

/** What recurs: a thing that is done, to a row of its own table. */
export interface Recurring {
  client: string;
  purpose: string;
  subject: string;
}

export type Schedule = ScheduleRules &
  Recurring & {
    id: string;
    isEnabled: boolean;
    /** The longest time between two starts, for an objective that which a blackout forces; null when it is due no more than once. */
    longestGapSeconds: number | null;
  };

/** Makes or replaces the schedule of something. What was planned by the old one is planned anew. */
export async function keepSchedule(
  work: Work,
  { client, purpose, subject }: Recurring,
  rules: ScheduleRules,
  isEnabled = true,
): Promise<void> {
  const values = {
    cadence: JSON.stringify(rules.cadence),
    start_window_seconds: rules.startWindowSeconds,
    completion_window_seconds: rules.completionWindowSeconds,
    catch_up: rules.catchUp,
    longest_gap_seconds: await longestGap(work, { client, subject }, rules.cadence),
    is_enabled: isEnabled,
    planned_until: work.now,
    plan_at: work.now,
  };
  const { id } = await work.db
    .insertInto('schedules')
    .values({ client_id: client, purpose, subject_id: subject, created_at: work.now, ...values })
    .onConflict((conflict) =>
      conflict.columns(['provider_id', 'client_id', 'purpose', 'subject_id']).doUpdateSet(values),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  await dropPlanned(work, id, isEnabled);
}

/** After a change of the client's zone or blackouts: nothing of what was planned may hold any more. */
export async function planAnew(work: Work, client: string): Promise<void> {
  const rows = await work.db.selectFrom('schedules').selectAll().where('client_id', '=', client).execute();
  for (const row of rows) {
    const { purpose, subject, isEnabled, ...rules } = presentSchedule(row);
    await keepSchedule(work, { client, purpose, subject }, rules, isEnabled);
  }
}

/** Nothing of what was planned for a client begins. */
export async function dropPlannedOf({ db }: Work, client: string): Promise<void> {
  await db.deleteFrom('occurrences').where('client_id', '=', client).where('state', '=', 'planned').execute();
}

/** Lets something recur no more until it is enabled again; what was planned goes. */
export async function enableSchedule(work: Work, recurring: Recurring, isEnabled: boolean): Promise<void> {
  const schedule = await findSchedule(work, recurring.purpose, recurring.subject);
  if (schedule) await keepSchedule(work, recurring, schedule, isEnabled);
}

export async function findSchedule(
  { db }: Pick<Work, 'db'>,
  purpose: string,
  subject: string,
): Promise<Schedule | null> {
  const row = await db
    .selectFrom('schedules')
    .selectAll()
    .where('purpose', '=', purpose)
    .where('subject_id', '=', subject)
    .executeTakeFirst();
  return row ? presentSchedule(row) : null;
}

/** With names, as they stand against what recurs. */
export async function listBlackouts({ db }: Pick<Work, 'db'>, client: string): Promise<Blackout[]> {
  const rows = await db
    .selectFrom('blackouts')
    .select(['name', 'during', 'running'])
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(({ name, during, running }) => Blackout.parse({ name, when: during, running }));
}

export const presentSchedule = (row: {
  id: string;
  client_id: string;
  purpose: string;
  subject_id: string;
  cadence: unknown;
  start_window_seconds: number;
  completion_window_seconds: number | null;
  catch_up: string;
  longest_gap_seconds: number | null;
  is_enabled: boolean;
}): Schedule => ({
  id: row.id,
  client: row.client_id,
  purpose: row.purpose,
  subject: row.subject_id,
  cadence: row.cadence as Cadence,
  startWindowSeconds: row.start_window_seconds,
  completionWindowSeconds: row.completion_window_seconds,
  catchUp: row.catch_up as Schedule['catchUp'],
  longestGapSeconds: row.longest_gap_seconds,
  isEnabled: row.is_enabled,
});

async function longestGap(
  work: Work,
  { client, subject }: Pick<Recurring, 'client' | 'subject'>,
  cadence: Cadence,
): Promise<number | null> {
  const zone = await zoneOf(work, client);
  const blackouts = await listBlackouts(work, client);
  // What goes by an objective is kept apart by blackouts alone.
  if (cadence.kind === 'objective') return Math.ceil(longestStretch({ blackouts, zone }, work.now));
  const worst = worstDataAge({ cadence, blackouts, zone, id: subject }, 0, work.now);
  // Starts are spread over fractions of a second.
  if (worst !== null) return Math.ceil(worst);
  return cadence.kind === 'interval' ? cadence.everySeconds : null;
}

/** What is due already stays due: a change made between its time and the next tick does not lose it. */
async function dropPlanned({ db, now }: Work, schedule: string, isEnabled: boolean) {
  const planned = db
    .deleteFrom('occurrences')
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'planned');
  await (isEnabled ? planned.where('due_at', '>', now) : planned).execute();
  await db
    .updateTable('occurrences')
    .set((occurrence) => ({ begin_from: occurrence.ref('due_at') }))
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'planned')
    .execute();
}
