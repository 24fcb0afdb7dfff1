/** Deliveries: one thing told to one recipient, with what the relay or receiver answered. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { Finding, findingOfRow } from '../findings.ts';
import type { Work } from '../work.ts';
import { findAlert } from './alerts.ts';

export const AlertDelivery = z
  .object({
    id: z.uuid(),
    alert: z.uuid().nullable().describe('Null: a test'),
    client: z.uuid().nullable(),
    route: z.uuid().nullable(),
    occasion: z.string().describe('What it tells: `opened`, `resolved`, `test` and so on'),
    to: z.string(),
    name: z.string(),
    isDigest: z.boolean(),
    state: z
      .enum(['waiting', 'sending', 'accepted', 'failed', 'dropped'])
      .describe('`accepted`: the relay or receiver took it, which is not to say that anybody read it'),
    dueAt: z.iso.datetime(),
    tries: z.int(),
    answer: z.string().nullable().describe('Of the relay or receiver'),
    finding: Finding.nullable(),
    createdAt: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'AlertDelivery' });
export type AlertDelivery = z.infer<typeof AlertDelivery>;

/** Sends a real test to whoever a route names, or to one channel. */
export async function requestTest(
  work: Work,
  { client, route, to }: { client: string | null; route: string | null; to: { to: string; name: string }[] },
): Promise<void> {
  allow(work, 'alert-route.change');
  await work.db
    .insertInto('alert_deliveries')
    .values(
      to.map(({ to: recipient, name }) => ({
        client_id: client,
        route_id: route,
        recipient,
        name,
        due_at: work.now,
        created_at: work.now,
      })),
    )
    .execute();
  await work.enqueue('tell-alerts', {});
}

export async function listDeliveriesOf(work: Work, alert: string): Promise<AlertDelivery[]> {
  await findAlert(work, alert);
  const rows = await select(work)
    .where('delivery.alert_id', '=', alert)
    .orderBy('delivery.created_at')
    .orderBy('delivery.name')
    .limit(1000)
    .execute();
  return rows.map(present);
}

/** The latest tests sent by a route or to a channel. */
export async function listTests(
  work: Work,
  { route, to }: { route: string | null; to: string | null },
): Promise<AlertDelivery[]> {
  allow(work, 'alert-route.read');
  let query = select(work).where('delivery.alert_id', 'is', null);
  if (route !== null) query = query.where('delivery.route_id', '=', route);
  if (to !== null) query = query.where('delivery.recipient', '=', to);
  const rows = await query.orderBy('delivery.created_at', 'desc').limit(20).execute();
  return rows.map(present);
}

/** The latest hundred, of what was told to whom. */
export async function listDeliveries(work: Work): Promise<AlertDelivery[]> {
  allow(work, 'alert-route.read');
  const rows = await select(work).orderBy('delivery.created_at', 'desc').limit(100).execute();
  return rows.map(present);
}

/** What could not be handed over in the last week, and what is tried again; the newest first. */
export async function listTroubled(work: Work): Promise<AlertDelivery[]> {
  allow(work, 'alert-route.read');
  const rows = await select(work)
    .where('delivery.alert_id', 'is not', null)
    .where('delivery.finding_code', 'is not', null)
    .where('delivery.created_at', '>', new Date(work.now.getTime() - 7 * 86_400_000))
    .orderBy('delivery.created_at', 'desc')
    .limit(20)
    .execute();
  return rows.map(present);
}

const select = ({ db }: Pick<Work, 'db'>) =>
  db
    .selectFrom('alert_deliveries as delivery')
    .leftJoin('alert_events as event', (join) =>
      join.onRef('event.client_id', '=', 'delivery.client_id').onRef('event.id', '=', 'delivery.event_id'),
    )
    .selectAll('delivery')
    .select('event.kind as occasion');

const present = (
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
): AlertDelivery => ({
  id: row.id,
  alert: row.alert_id,
  client: row.client_id,
  route: row.route_id,
  occasion: row.occasion ?? 'test',
  to: row.recipient,
  name: row.name,
  isDigest: row.is_digest,
  state: row.state,
  dueAt: row.due_at.toISOString(),
  tries: row.tries,
  answer: row.answer,
  finding: findingOfRow(row),
  createdAt: row.created_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
});
