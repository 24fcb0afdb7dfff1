/** Who stands in when nobody answers: deputies of a route, once for each beginning of an alert. */
import { sql } from 'kysely';
import type { Work } from '../work.ts';
import { noteEvent } from './events.ts';

/** So many at a time: the next round takes the rest. */
const BATCH = 200;

/**
 * What a route told long enough ago, nobody took on, and its deputies have not heard of. Whoever was told again since has their
 * time once more; what is yet to be told has not begun to wait.
 */
export const overdueAnswers = (now: Date) => sql<{
  id: string;
  client_id: string;
  opening: number;
  route_id: string;
}>`
  select alert.id, alert.client_id, alert.opening, route.id as route_id
  from alert_routes as route
  join alerts as alert on alert.resolved_at is null and alert.acknowledged_at is null
  join lateral (
    select max(delivery.due_at) as told_at from alert_deliveries as delivery
    where delivery.client_id = alert.client_id and delivery.alert_id = alert.id and delivery.route_id = route.id
      and not delivery.is_digest and delivery.created_at >= alert.opened_at) as last
    on last.told_at + make_interval(secs => route.escalate_after_seconds) <= ${now}
  where route.is_enabled and route.escalate_after_seconds is not null
    and not exists (select from alert_events as event
      where event.client_id = alert.client_id and event.alert_id = alert.id and event.planned_at is null)
    and not exists (select from alert_events as event
      where event.client_id = alert.client_id and event.alert_id = alert.id and event.opening = alert.opening and event.kind = 'escalated' and event.route_id = route.id)
  limit ${BATCH}`;

export async function escalate(work: Work): Promise<void> {
  const { rows } = await overdueAnswers(work.now).execute(work.db);
  for (const { id, client_id, opening, route_id } of rows)
    await noteEvent(work, { client: client_id, alert: id, opening, kind: 'escalated', route: route_id });
}
