/** Routes: who is told of which alerts, by which channel, when, and who is told when nobody answers. */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import type { Work } from '../work.ts';
import { refuseForeignScope } from './channels.ts';
import { planUnheardAgain } from './events.ts';
import { reachOf } from './recipients.ts';
import type { AlertRoute, NewAlertRoute } from './route-shape.ts';

export async function addAlertRoute(work: Work, route: NewAlertRoute): Promise<AlertRoute> {
  allow(work, 'alert-route.change');
  await refuseForeignScope(work, route.client);
  await refuseTakenName(work, route.name);
  await refuseForeignRecipients(work, route);
  const { id } = await work.db
    .insertInto('alert_routes')
    .values({ ...columns(route), client_id: route.client, created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeRecipients(work, id, route);
  await record(work, 'alert-route.added', about(id, route.client), route);
  await planUnheardAgain(work);
  return findAlertRoute(work, id);
}

export async function changeAlertRoute(work: Work, id: string, route: NewAlertRoute): Promise<AlertRoute> {
  allow(work, 'alert-route.change');
  const before = await findAlertRouteForChange(work, id);
  await refuseForeignScope(work, before.client);
  await refuseForeignScope(work, route.client);
  if (route.name !== before.name) await refuseTakenName(work, route.name);
  await refuseForeignRecipients(work, route);
  if (takesCritical(before) && !(takesCritical(route) && covers(route, before)))
    await refuseLastForCritical(work, before);

  await work.db
    .updateTable('alert_routes')
    .set({ ...columns(route), client_id: route.client, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await writeRecipients(work, id, route);
  await record(work, 'alert-route.changed', about(id, before.client), { before, after: route });
  await planUnheardAgain(work);
  return findAlertRoute(work, id);
}

export async function removeAlertRoute(work: Work, id: string): Promise<AlertRoute> {
  allow(work, 'alert-route.change');
  const before = await findAlertRouteForChange(work, id);
  await refuseForeignScope(work, before.client);
  if (takesCritical(before)) await refuseLastForCritical(work, before);
  await work.db.deleteFrom('alert_routes').where('id', '=', id).execute();
  await record(work, 'alert-route.removed', about(id, before.client), { before });
  return before;
}

export async function findAlertRoute(work: Work, id: string): Promise<AlertRoute> {
  allow(work, 'alert-route.read');
  const row = await work.db.selectFrom('alert_routes').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('alert-route');
  const [route] = await present(work, [row]);
  return route!;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findAlertRouteForChange(work: Work, id: string): Promise<AlertRoute> {
  await work.db.selectFrom('alert_routes').select('id').where('id', '=', id).forUpdate().execute();
  return findAlertRoute(work, id);
}

/** Those of the provider first. */
export async function listAlertRoutes(work: Work): Promise<AlertRoute[]> {
  allow(work, 'alert-route.read');
  const rows = await work.db
    .selectFrom('alert_routes')
    .selectAll()
    .orderBy('client_id', (order) => order.asc().nullsFirst())
    .orderBy('name')
    .limit(2000)
    .execute();
  return present(work, rows);
}

type Taking = Pick<NewAlertRoute, 'client' | 'rules' | 'isEnabled'>;

const takesCritical = ({ isEnabled }: Pick<NewAlertRoute, 'isEnabled'>): boolean => isEnabled;

/** Whether all that the other took is taken still. A threshold never leaves out what is critical. */
const covers = (route: Taking, other: Taking): boolean =>
  (route.client === null || route.client === other.client) &&
  (route.rules.length === 0 ||
    (other.rules.length > 0 && other.rules.every((rule) => route.rules.includes(rule))));

/** What is critical always has a way left to somebody: another route has to take all that this one took. */
async function refuseLastForCritical(work: Work, before: AlertRoute): Promise<void> {
  const others = (await listAlertRoutes(work)).filter(
    ({ id, isEnabled, recipients }) =>
      id !== before.id && isEnabled && recipients.some(({ trouble }) => trouble === null),
  );
  if (!others.some((other) => covers(other, before)))
    throw conflict('alert-route.last-for-critical', { name: before.name });
}

/** Whom it names must be of the provider, and contacts of the route's own client. */
async function refuseForeignRecipients(work: Work, { recipients, client }: NewAlertRoute): Promise<void> {
  const reach = await reachOf(work);
  for (const [place, { to }] of recipients.entries()) {
    const one = reach.get(to);
    const field = `recipients.${place}.to`;
    if (!one) throw invalid(field, 'alert-route.recipient');
    if (one.client !== null && one.client !== client) throw invalid(field, 'alert-route.foreign-recipient');
  }
}

async function writeRecipients({ db }: Work, route: string, { recipients, client }: NewAlertRoute) {
  await db.deleteFrom('alert_recipients').where('route_id', '=', route).execute();
  await db
    .insertInto('alert_recipients')
    .values(
      recipients.map(({ to, isDeputy, timeZone }, position) => {
        const [kind, id = ''] = to.split(':');
        return {
          route_id: route,
          position,
          is_deputy: isDeputy,
          time_zone: timeZone,
          person_id: kind === 'person' ? id : null,
          contact_id: kind === 'contact' ? id : null,
          contact_client_id: kind === 'contact' ? client : null,
          channel_id: kind === 'channel' ? id : null,
        };
      }),
    )
    .execute();
}

async function refuseTakenName({ db }: Work, name: string) {
  const taken = await db.selectFrom('alert_routes').select('id').where('name', '=', name).executeTakeFirst();
  if (taken) throw conflict('alert-route.name-taken', { name });
}

const about = (id: string, client: string | null) => ({ kind: 'alert-route', id, client });

const columns = (route: NewAlertRoute) => ({
  name: route.name,
  least_severity: route.leastSeverity,
  rules: [...route.rules],
  pace: route.pace,
  quiet_from: route.quietFrom,
  quiet_until: route.quietUntil,
  is_quiet_at_weekends: route.isQuietAtWeekends,
  does_critical_pass: route.doesCriticalPass,
  escalate_after_seconds: route.escalateAfterSeconds,
  is_enabled: route.isEnabled,
});

interface Row {
  id: string;
  client_id: string | null;
  name: string;
  least_severity: AlertRoute['leastSeverity'];
  rules: string[];
  pace: string;
  quiet_from: string | null;
  quiet_until: string | null;
  is_quiet_at_weekends: boolean;
  does_critical_pass: boolean;
  escalate_after_seconds: number | null;
  is_enabled: boolean;
}

async function present(work: Work, rows: Row[]): Promise<AlertRoute[]> {
  if (rows.length === 0) return [];
  const recipients = await work.db
    .selectFrom('alert_recipients')
    .selectAll()
    .where(
      'route_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('position')
    .limit(100_000)
    .execute();
  const reach = await reachOf(work);
  const byRoute = Map.groupBy(recipients, ({ route_id }) => route_id);
  return rows.map((row) => ({
    id: row.id,
    client: row.client_id,
    name: row.name,
    leastSeverity: row.least_severity,
    rules: row.rules as AlertRoute['rules'],
    recipients: (byRoute.get(row.id) ?? []).map(
      ({ person_id, contact_id, channel_id, is_deputy, time_zone }) => {
        const to = person_id
          ? `person:${person_id}`
          : contact_id
            ? `contact:${contact_id}`
            : `channel:${channel_id}`;
        const known = reach.get(to);
        return {
          to,
          name: known?.name ?? to,
          isDeputy: is_deputy,
          timeZone: time_zone,
          trouble: known ? known.trouble : ('left' as const),
        };
      },
    ),
    pace: row.pace as AlertRoute['pace'],
    quietFrom: row.quiet_from,
    quietUntil: row.quiet_until,
    isQuietAtWeekends: row.is_quiet_at_weekends,
    doesCriticalPass: row.does_critical_pass,
    escalateAfterSeconds: row.escalate_after_seconds,
    isEnabled: row.is_enabled,
  }));
}
