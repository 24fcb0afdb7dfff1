import { sql } from 'kysely';
import type { Work } from '../work.ts';

/** Says that a clock looks now, and answers when one did before. In a transaction of its own: clocks wait for each other here. */
export async function beat({ db, now }: Work): Promise<Date | null> {
  const before = await db.selectFrom('clock_beats').select('at').executeTakeFirst();
  await db
    .insertInto('clock_beats')
    .values({ at: now })
    .onConflict((conflict) =>
      conflict.column('provider_id').doUpdateSet({ at: sql<Date>`greatest(clock_beats.at, excluded.at)` }),
    )
    .execute();
  return before?.at ?? null;
}
