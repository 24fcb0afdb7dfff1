/** What came of what was due, and what is due next; for pages, findings and the JSON interface. */
import { z } from 'zod';
import { findClient } from '../clients.ts';
import type { Work } from '../work.ts';
import { CAUSES, type Cause } from './claim.ts';
import { nextDueTimes } from './due-times.ts';
import type { Schedule } from './schedules.ts';

export const OCCURRENCE_STATES = ['planned', 'begun', 'missed', 'skipped'] as const;

export const Occurrence = z
  .object({
    dueAt: z.iso.datetime(),
    state: z.enum(OCCURRENCE_STATES),
    cause: z.enum(CAUSES).nullable().describe('Why it was missed, skipped, or begun late'),
    run: z.uuid().nullable(),
    settledAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Occurrence' });
export type Occurrence = z.infer<typeof Occurrence>;

/** How long settled ones are kept. */
const KEPT_MS = 400 * 86_400_000;

/** When it is due next, as it is planned or, farther ahead, as it will be. Blackouts may put one off. */
export async function listNextDueTimes(work: Work, schedule: Schedule, count: number): Promise<Date[]> {
  if (!schedule.isEnabled) return [];
  const { cadence, client, subject } = schedule;
  if (cadence.kind === 'objective') return listPlanned(work, schedule.id, count);
  const { timeZone } = await findClient(work, client);
  return nextDueTimes(cadence, { zone: timeZone, id: subject, after: work.now }, count);
}

async function listPlanned({ db }: Work, schedule: string, count: number): Promise<Date[]> {
  const rows = await db
    .selectFrom('occurrences')
    .select('due_at')
    .where('schedule_id', '=', schedule)
    .where('state', '=', 'planned')
    .orderBy('due_at')
    .limit(count)
    .execute();
  return rows.map(({ due_at }) => due_at);
}

/** What became of the last ones, the newest first. */
export async function listSettled(
  { db }: Pick<Work, 'db'>,
  schedule: string,
  count: number,
): Promise<Occurrence[]> {
  const own = db.selectFrom('occurrences').selectAll().where('schedule_id', '=', schedule);
  const past = await own.where('state', '<>', 'planned').orderBy('due_at', 'desc').limit(count).execute();
  return past.map(present);
}

export async function forgetOldOccurrences({ db, now }: Work): Promise<void> {
  await db
    .deleteFrom('occurrences')
    .where('state', '<>', 'planned')
    .where('settled_at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}

const present = (row: {
  due_at: Date;
  state: Occurrence['state'];
  cause: string | null;
  run_id: string | null;
  settled_at: Date | null;
}): Occurrence => ({
  dueAt: row.due_at.toISOString(),
  state: row.state,
  cause: row.cause as Cause | null,
  run: row.run_id,
  settledAt: row.settled_at?.toISOString() ?? null,
});
