/** The timeline of a drill. It only grows. */
import { z } from 'zod';
import type { Work } from '../work.ts';

export const DRILL_EVENTS = [
  'alarm',
  'restore-begun',
  'started',
  'done',
  'talked',
  'failed',
  'inconclusive',
  'skipped',
  'not-reached',
  'deadline',
  'cancelled',
  'ended',
] as const;

export const DrillEvent = z.object({
  seq: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  event: z.enum(DRILL_EVENTS),
  item: z.string().nullable(),
  note: z.string().nullable(),
});
export type DrillEvent = z.infer<typeof DrillEvent>;

interface OfDrill {
  id: string;
  client: string;
}

/** The drill must be held for change, so that two never count alike. */
export async function noteDrillEvent(
  { db, now, actor }: Work,
  { id, client }: OfDrill,
  event: DrillEvent['event'],
  { item = null, note = null, at = now }: { item?: string | null; note?: string | null; at?: Date } = {},
): Promise<void> {
  const { last } = await db
    .selectFrom('drill_events')
    .select(({ fn }) => fn.max('seq').as('last'))
    .where('drill_id', '=', id)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('drill_events')
    .values({
      client_id: client,
      drill_id: id,
      seq: (last ?? 0) + 1,
      at,
      actor: actor.name,
      event,
      item,
      note,
    })
    .execute();
}

export async function listDrillEvents({ db }: Pick<Work, 'db'>, drill: string): Promise<DrillEvent[]> {
  const rows = await db
    .selectFrom('drill_events')
    .selectAll()
    .where('drill_id', '=', drill)
    .orderBy('seq')
    .limit(10_000)
    .execute();
  return rows.map(({ seq, at, actor, event, item, note }) => ({
    seq,
    at: at.toISOString(),
    actor,
    event: event as DrillEvent['event'],
    item,
    note,
  }));
}

/** Clocks of two machines differ by less. */
const SKEW_MS = 10 * 60_000;

/** Whether a clock was set back while it grew: times between its events tell nothing then. `told` leaves out what is dated otherwise. */
export function wasClockSetBack(
  events: readonly DrillEvent[],
  told: (event: DrillEvent) => boolean,
): boolean {
  const times = events.filter(told).map(({ at }) => Date.parse(at));
  return times.some((at, index) => index > 0 && at < times[index - 1]! - SKEW_MS);
}
