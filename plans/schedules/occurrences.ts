/** What came of what was due, and what is due next; for pages, findings and the JSON interface. */
import { z } from 'zod';
import type { Work } from '../work.ts';
import { CAUSES, type Cause } from './claim.ts';

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

/** The next ones in order, and the last ones with the newest first. */
export async function listOccurrences(
  { db }: Pick<Work, 'db'>,
  schedule: string,
  { next, last }: { next: number; last: number },
): Promise<{ next: Occurrence[]; last: Occurrence[] }> {
  const own = db.selectFrom('occurrences').selectAll().where('schedule_id', '=', schedule);
  const ahead = await own.where('state', '=', 'planned').orderBy('due_at').limit(next).execute();
  const past = await own.where('state', '<>', 'planned').orderBy('due_at', 'desc').limit(last).execute();
  return { next: ahead.map(present), last: past.map(present) };
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
