/** The story of an alert, one line for each thing that happened to it. */
import { z } from 'zod';
import type { Work } from '../work.ts';

export const ALERT_EVENTS = [
  'opened',
  'reopened',
  'worsened',
  'acknowledged',
  'released',
  'reminded',
  'escalated',
  'resolved',
] as const;
export type AlertEventKind = (typeof ALERT_EVENTS)[number];

export const AlertEvent = z.object({
  at: z.iso.datetime(),
  kind: z.enum(ALERT_EVENTS),
  by: z.string().nullable(),
  note: z.string().nullable(),
  told: z.int().nullable().describe('How many are told of it; null while nobody is meant to be, or not yet'),
});
export type AlertEvent = z.infer<typeof AlertEvent>;

/** That somebody took note of it, or took that back, is in the story and is told to nobody. */
const UNTOLD: readonly AlertEventKind[] = ['acknowledged', 'released'];

interface NewEvent {
  client: string;
  alert: string;
  opening: number;
  kind: AlertEventKind;
  by?: string;
  note?: string | null;
  route?: string;
}

/** Writes it down. What is to be told waits in this row for `planTelling`. */
export async function noteEvent(
  { db, now }: Work,
  { client, alert, opening, kind, by, note, route }: NewEvent,
): Promise<void> {
  await db
    .insertInto('alert_events')
    .values({
      client_id: client,
      alert_id: alert,
      opening,
      kind,
      at: now,
      by_name: by ?? null,
      note: note ?? null,
      route_id: route ?? null,
      planned_at: UNTOLD.includes(kind) ? now : null,
    })
    .onConflict((row) => row.doNothing())
    .execute();
}

/** What stands and reached nobody waits to be planned again: somebody may hear it now. */
export async function planUnheardAgain({ db }: Work): Promise<void> {
  await db
    .updateTable('alert_events as event')
    .from('alerts as alert')
    .set({ planned_at: null })
    .whereRef('alert.client_id', '=', 'event.client_id')
    .whereRef('alert.id', '=', 'event.alert_id')
    .whereRef('alert.opening', '=', 'event.opening')
    .where('alert.resolved_at', 'is', null)
    .where('alert.acknowledged_at', 'is', null)
    .where('event.told', '=', 0)
    .where('event.kind', 'in', ['opened', 'reopened', 'worsened', 'reminded'])
    .execute();
}

/** The last two hundred, oldest first. */
export async function listEvents({ db }: Work, alert: string): Promise<AlertEvent[]> {
  const rows = await db
    .selectFrom('alert_events')
    .selectAll()
    .where('alert_id', '=', alert)
    .orderBy('at', 'desc')
    .orderBy('id')
    .limit(200)
    .execute();
  return rows.toReversed().map((row) => ({
    at: row.at.toISOString(),
    kind: row.kind as AlertEventKind,
    by: row.by_name,
    note: row.note,
    told: row.told,
  }));
}
