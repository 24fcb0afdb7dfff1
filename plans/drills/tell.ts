/** Wakes the drill that waits for a restore test, in the transaction in which the test ends. */
import type { Work } from '../work.ts';

export async function tellDrill(work: Work, restoreTest: string): Promise<void> {
  const item = await work.db
    .selectFrom('drill_items')
    .select('drill_id')
    .where('restore_test_id', '=', restoreTest)
    .executeTakeFirst();
  if (item) await work.enqueue('move-drill', { drillId: item.drill_id });
}
