import type { Work } from '../work.ts';

/** Past a year and a bit nobody asks who was told; the alert itself stays. */
const KEPT_MS = 400 * 86_400_000;

/** Messages, and then what they told of, once they are old. What has not ended is kept, however old. */
export async function forgetOldTelling({ db, now }: Work): Promise<void> {
  const before = new Date(now.getTime() - KEPT_MS);
  await db
    .deleteFrom('alert_deliveries')
    .where('created_at', '<', before)
    .where('ended_at', 'is not', null)
    .execute();
  await db
    .deleteFrom('alert_events as event')
    .where('event.at', '<', before)
    .where('event.planned_at', 'is not', null)
    .where((row) =>
      row.not(
        row.exists(
          row
            .selectFrom('alert_deliveries as delivery')
            .select('delivery.id')
            .whereRef('delivery.client_id', '=', 'event.client_id')
            .whereRef('delivery.event_id', '=', 'event.id'),
        ),
      ),
    )
    .execute();
}
