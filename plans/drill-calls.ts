/** Calls for a drill: what was due of a scenario, until a drill of it begins. */
import { type Finding, findingColumns, findingOfRow } from './findings.ts';
import type { Work } from './work.ts';

export interface DrillCall {
  id: string;
  calledAt: Date;
  beginBy: Date;
  drill: string | null;
  /** Why the service did not begin it by itself, where it was to. */
  finding: Finding | null;
}

/** Calls for one, or writes down the one that the service began. */
export async function addDrillCall(
  { db, now }: Work,
  { client, id }: { client: string; id: string },
  { beginBy, drill, finding }: Pick<DrillCall, 'beginBy' | 'drill' | 'finding'>,
): Promise<string> {
  const call = await db
    .insertInto('drill_calls')
    .values({
      client_id: client,
      scheduled_drill_id: id,
      called_at: now,
      begin_by: beginBy,
      drill_id: drill,
      ...findingColumns(finding),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return call.id;
}

/** A drill has begun: it is what was called for, whoever began it. */
export async function answerDrillCalls(
  { db }: Work,
  { scenario, mode, drill }: { scenario: string; mode: string; drill: string },
): Promise<void> {
  await db
    .updateTable('drill_calls as call')
    .from('scheduled_drills as scheduled')
    .whereRef('scheduled.id', '=', 'call.scheduled_drill_id')
    .whereRef('scheduled.client_id', '=', 'call.client_id')
    .where('scheduled.scenario_id', '=', scenario)
    .where('scheduled.mode', '=', mode)
    .where('call.drill_id', 'is', null)
    .set({ drill_id: drill })
    .execute();
}

/** Newest first. */
export async function listDrillCalls({ db }: Work, scheduledDrill: string): Promise<DrillCall[]> {
  const rows = await db
    .selectFrom('drill_calls')
    .selectAll()
    .where('scheduled_drill_id', '=', scheduledDrill)
    .orderBy('called_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    calledAt: row.called_at,
    beginBy: row.begin_by,
    drill: row.drill_id,
    finding: findingOfRow(row),
  }));
}
