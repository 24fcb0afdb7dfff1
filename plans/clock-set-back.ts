/**
 * What becomes of times that a clock wrote which was ahead, once it is right again: nothing that was put off to such a time may wait
 * for it, or nothing would be backed up, looked for or told until then.
 */
import { sql } from 'kysely';
import type { Work } from './work.ts';

/** Clocks of two machines differ by less. */
const SKEW = sql`interval '10 minutes'`;

/** Notices by the last look that the clock was set back, and makes everything be looked at again. True when it was. */
export async function heedClockSetBack(work: Work): Promise<boolean> {
  const noticed = await work.db
    .updateTable('clock_beats')
    .set({ at: work.now })
    .where(sql<boolean>`at > ${work.now}::timestamptz + ${SKEW}`)
    .returning('provider_id')
    .executeTakeFirst();
  if (!noticed) return false;
  await planAgain(work);
  await lookAgain(work);
  return true;
}

/** What lies ahead cannot have been missed. What was begun stays so: nothing is done twice. */
async function planAgain({ db, now }: Work): Promise<void> {
  await db
    .updateTable('occurrences')
    .set({ state: 'planned', cause: null, settled_at: null })
    .where('state', '=', 'missed')
    .where('due_at', '>', now)
    .execute();
  await db.updateTable('schedules').set({ plan_at: now }).where('plan_at', '>', now).execute();
}

async function lookAgain({ db, now }: Work): Promise<void> {
  for (const table of ['reconciliations', 'expiries'] as const)
    await sql`update ${sql.table(table)} set next_due_at = ${now}::timestamptz + interval '1 day'
      where next_due_at > ${now}::timestamptz + interval '1 day'`.execute(db);
  await db
    .updateTable('client_standings')
    .set({ computed_changes: null })
    .where('computed_at', '>', now)
    .execute();
  await db.updateTable('alert_watches').set({ watched_at: now }).where('watched_at', '>', now).execute();
  await db
    .updateTable('alert_deliveries')
    .set({ due_at: now })
    .where('state', '=', 'waiting')
    .where('created_at', '>', now)
    .where('due_at', '>', now)
    .execute();
  await db.updateTable('agents').set({ seen_at: now }).where('seen_at', '>', now).execute();
}
