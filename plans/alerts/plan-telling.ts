/** Turns what happened to alerts into deliveries, and finds what nobody took note of in time. */
import { sql } from 'kysely';
import { type Client, presentClient } from '../clients.ts';
import type { Work } from '../work.ts';
import type { AlertRule } from './condition.ts';
import { escalate, overdueAnswers } from './escalation.ts';
import { type AlertEventKind, noteEvent } from './events.ts';
import { type Reach, reachOf } from './recipients.ts';
import type { AlertRoute } from './route-shape.ts';
import { listAlertRoutes } from './routes.ts';
import { NOT_ACKNOWLEDGED } from './settle.ts';
import { type Telling, tellingsOf } from './telling.ts';

/** So many events at a time: a transaction stays short. */
const BATCH = 200;
/** So many messages to one recipient at once are read one by one. */
const MOST_ALONE = 10;
/** What came back more often than that in an hour comes and goes. */
const MOST_REOPENINGS = 3;
const CALM_MS = 3_600_000;
const RESTLESS = ['reopened', 'resolved'];

/** Plans the next few, and answers how many there were. Two who plan at once take different ones. */
export async function planTelling(work: Work): Promise<number> {
  await remind(work);
  const routes = await listAlertRoutes(work);
  await escalate(work);
  const events = await unplanned(work);
  if (events.length === 0) return 0;
  const reach = await reachOf(work);
  const zones = await zonesOf(work);
  const planned: { event: Event; told: Telling[] }[] = [];
  for (const event of events) {
    const zone = zones.get(event.client_id) ?? 'UTC';
    planned.push({ event, told: await tellingsFor(work, event, { routes, reach, zone }) });
  }
  for (const { event, told } of asFewMails(planned.map(calmed(work.now)))) {
    await write(work, event, told);
    await work.db
      .updateTable('alert_events')
      .set({ planned_at: work.now, told: told.length })
      .where('id', '=', event.id)
      .execute();
  }
  return events.length;
}

/** An acknowledgement that ran out while the trouble stands: it waits for somebody again. */
async function remind(work: Work): Promise<void> {
  const over = await work.db
    .updateTable('alerts')
    .set(NOT_ACKNOWLEDGED)
    .where('resolved_at', 'is', null)
    .where('acknowledged_until', '<=', work.now)
    .returning(['id', 'client_id', 'opening'])
    .execute();
  for (const { id, client_id, opening } of over)
    await noteEvent(work, { client: client_id, alert: id, opening, kind: 'reminded' });
}

/** What comes and goes all the time is told by the hour, as it stands by then; what is over or back again by then is dropped. */
const calmed =
  (now: Date) =>
  ({ event, told }: { event: Event; told: Telling[] }): { event: Event; told: Telling[] } => {
    const isRestless = (event.reopenings ?? 0) >= MOST_REOPENINGS && RESTLESS.includes(event.kind);
    const later = new Date(now.getTime() + CALM_MS);
    return {
      event,
      told: isRestless
        ? told.map((one) => ({ ...one, isDigest: true, dueAt: one.dueAt > later ? one.dueAt : later }))
        : told,
    };
  };

/** Many things at once are told somebody in one message, and so is what nobody could hear when it happened. */
function asFewMails(planned: { event: Event; told: Telling[] }[]) {
  const counts = new Map<string, number>();
  for (const { to } of planned.flatMap(({ told }) => told)) counts.set(to, (counts.get(to) ?? 0) + 1);
  return planned.map(({ event, told }) => ({
    event,
    told: told.map((one) => ({
      ...one,
      isDigest: one.isDigest || event.told === 0 || counts.get(one.to)! > MOST_ALONE,
    })),
  }));
}

type Event = Awaited<ReturnType<typeof unplanned>>[number];

const unplanned = ({ db, now }: Work) =>
  db
    .selectFrom('alert_events as event')
    .innerJoin('alerts as alert', (join) =>
      join.onRef('alert.client_id', '=', 'event.client_id').onRef('alert.id', '=', 'event.alert_id'),
    )
    .select(['event.id', 'event.client_id', 'event.alert_id', 'event.kind', 'event.route_id', 'event.told'])
    .select(['alert.rule', 'alert.severity', 'alert.opened_at'])
    .select((row) =>
      row
        .selectFrom('alert_events as before')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('before.client_id', '=', 'event.client_id')
        .whereRef('before.alert_id', '=', 'event.alert_id')
        .where('before.kind', '=', 'reopened')
        .where('before.at', '>', new Date(now.getTime() - CALM_MS))
        .as('reopenings'),
    )
    .where('event.planned_at', 'is', null)
    .orderBy('event.at')
    .limit(BATCH)
    .forUpdate('event')
    .skipLocked()
    .execute();

/** That it is over is told to those who were told that it began, and to nobody else. */
async function tellingsFor(
  work: Work,
  event: Event,
  known: { routes: AlertRoute[]; reach: Map<string, Reach>; zone: string },
): Promise<Telling[]> {
  const kind = event.kind as AlertEventKind;
  const happened = {
    client: event.client_id,
    rule: event.rule as AlertRule,
    severity: event.severity,
    kind,
    route: event.route_id,
  };
  const tellings = tellingsOf(happened, { ...known, now: work.now });
  if (kind !== 'resolved') return tellings;
  const heard = await toldOf(work, event);
  const deputies = tellingsOf({ ...happened, kind: 'escalated' }, { ...known, now: work.now });
  const byRecipient = new Map([...deputies, ...tellings].map((one) => [one.to, one]));
  return [...byRecipient.values()].filter(({ to }) => heard.has(to));
}

async function toldOf({ db }: Work, { alert_id, opened_at }: Event): Promise<Set<string>> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .select('recipient')
    .where('alert_id', '=', alert_id)
    .where('created_at', '>=', opened_at)
    .where((row) => row.or([row('state', 'in', ['accepted', 'sending']), row('tries', '>', 0)]))
    .execute();
  return new Set(rows.map(({ recipient }) => recipient));
}

async function write({ db, now }: Work, event: Event, tellings: Telling[]): Promise<void> {
  if (tellings.length === 0) return;
  await db
    .insertInto('alert_deliveries')
    .values(
      tellings.map(({ route, to, name, dueAt, isDigest }) => ({
        client_id: event.client_id,
        alert_id: event.alert_id,
        event_id: event.id,
        route_id: route,
        recipient: to,
        name,
        is_digest: isDigest,
        due_at: dueAt,
        created_at: now,
      })),
    )
    .onConflict((row) =>
      row.columns(['provider_id', 'event_id', 'recipient']).where('event_id', 'is not', null).doNothing(),
    )
    .execute();
}

async function zonesOf({ db }: Work): Promise<Map<string, Client['timeZone']>> {
  const rows = await db.selectFrom('clients').selectAll().limit(100_000).execute();
  return new Map(rows.map(presentClient).map(({ id, timeZone }) => [id, timeZone]));
}

/** Asks for what is to be planned or told, if anything is. Asked for twice, the second finds nothing. */
export async function queueDueTelling(work: Work): Promise<void> {
  const { rows } = await sql`
    select 1 from alert_events where planned_at is null
    union all select 1 from alerts where resolved_at is null and acknowledged_until <= ${work.now}
    union all select 1 from alert_deliveries where state = 'waiting' and due_at <= ${work.now}
    union all select 1 from alert_deliveries where state = 'sending' and claimed_at <= ${work.now}::timestamptz - interval '10 minutes'
    union all (select 1 from (${overdueAnswers(work.now)}) as overdue)
    limit 1`.execute(work.db);
  if (rows.length > 0) await work.enqueue('tell-alerts', {});
}
