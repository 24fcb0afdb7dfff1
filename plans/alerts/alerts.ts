/** Alerts: what needs somebody now, who took note of it, and when it was over. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { Finding } from '../findings.ts';
import { OptionalText } from '../text.ts';
import type { Work } from '../work.ts';
import { ALERT_RULES, ALERT_SEVERITIES, AlertSubject } from './condition.ts';
import { noteEvent } from './events.ts';
import { NOT_ACKNOWLEDGED } from './settle.ts';

export const ALERT_STATES = ['open', 'acknowledged', 'resolved'] as const;

export const Alert = z
  .object({
    id: z.uuid(),
    client: z.object({ id: z.uuid(), name: z.string(), timeZone: z.string() }),
    rule: z.enum(ALERT_RULES),
    severity: z.enum(ALERT_SEVERITIES),
    state: z.enum(ALERT_STATES).describe('`resolved` only once the condition is over'),
    reason: z.object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) }),
    because: Finding.nullable(),
    subjects: z.array(AlertSubject).describe('The first hundred'),
    subjectCount: z.int(),
    opening: z.int().describe('How often it began'),
    since: z.iso.datetime(),
    openedAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    acknowledgement: z
      .object({
        at: z.iso.datetime(),
        by: z.string(),
        until: z.iso.datetime().describe('When it is told again, should it still stand'),
        note: z.string().nullable(),
      })
      .nullable(),
    resolvedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Alert' });
export type Alert = z.infer<typeof Alert>;

export const ACKNOWLEDGED_FOR_HOURS = [4, 24, 72, 168, 720] as const;

export const Acknowledgement = z.object({
  hours: z.coerce
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('Then it is told again, should it still stand'),
  note: OptionalText(2000).default(null),
});
export type Acknowledgement = z.infer<typeof Acknowledgement>;

/** Says that somebody knows and looks after it. It stays open: only its condition's end resolves it. */
export async function acknowledgeAlert(
  work: Work,
  id: string,
  { hours, note }: Acknowledgement,
): Promise<Alert> {
  allow(work, 'alert.acknowledge');
  const before = await findAlertForChange(work, id);
  if (before.state === 'resolved') throw conflict('alert.is-resolved');
  if (before.state === 'acknowledged')
    throw conflict('alert.is-acknowledged', { by: before.acknowledgement?.by ?? '' });
  if (before.severity === 'critical' && hours > 168) throw invalid('hours', 'alert.critical-too-long');

  const until = new Date(work.now.getTime() + hours * 3_600_000);
  await work.db
    .updateTable('alerts')
    .set({
      acknowledged_at: work.now,
      acknowledged_by: work.actor.name,
      acknowledged_until: until,
      acknowledged_note: note,
    })
    .where('id', '=', id)
    .execute();
  const { client, opening } = before;
  await noteEvent(work, {
    client: client.id,
    alert: id,
    opening,
    kind: 'acknowledged',
    by: work.actor.name,
    note,
  });
  await record(
    work,
    'alert.acknowledged',
    { kind: 'alert', id, client: client.id },
    { until: until.toISOString(), note },
  );
  return findAlert(work, id);
}

/** Takes the acknowledgement back: it waits for somebody again. */
export async function releaseAlert(work: Work, id: string): Promise<Alert> {
  allow(work, 'alert.acknowledge');
  const before = await findAlertForChange(work, id);
  if (before.state !== 'acknowledged') throw conflict('alert.not-acknowledged');
  await work.db.updateTable('alerts').set(NOT_ACKNOWLEDGED).where('id', '=', id).execute();
  const { client, opening } = before;
  await noteEvent(work, { client: client.id, alert: id, opening, kind: 'released', by: work.actor.name });
  await record(work, 'alert.released', { kind: 'alert', id, client: client.id });
  return findAlert(work, id);
}

export async function findAlert(work: Work, id: string): Promise<Alert> {
  allow(work, 'alert.read');
  const row = await select(work).where('alert.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('alert');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findAlertForChange(work: Work, id: string): Promise<Alert> {
  await work.db.selectFrom('alerts').select('id').where('id', '=', id).forUpdate().execute();
  return findAlert(work, id);
}

export const AlertsAsked = z.object({
  state: z.enum(ALERT_STATES).nullable().catch(null).default(null).describe('Unless said: all that stand'),
  severity: z.enum(ALERT_SEVERITIES).nullable().catch(null).default(null),
  rule: z.enum(ALERT_RULES).nullable().catch(null).default(null),
});
export type AlertsAsked = z.infer<typeof AlertsAsked>;

const MOST_ALERTS = 2000;

/** The most pressing first, and of those the newest; what is over by its end. Without a client: of all in scope. */
export async function listAlerts(
  work: Work,
  { client, state, severity, rule }: AlertsAsked & { client: string | null },
): Promise<Alert[]> {
  allow(work, 'alert.read');
  if (client !== null) await findClient(work, client);
  let query = select(work);
  if (client !== null) query = query.where('alert.client_id', '=', client);
  if (severity !== null) query = query.where('severity', '=', severity);
  if (rule !== null) query = query.where('rule', '=', rule);
  query = query.where('resolved_at', state === 'resolved' ? 'is not' : 'is', null);
  if (state === 'open') query = query.where('acknowledged_at', 'is', null);
  if (state === 'acknowledged') query = query.where('acknowledged_at', 'is not', null);
  if (state === 'resolved') query = query.orderBy('resolved_at', 'desc');
  const rows = await query
    .orderBy('severity', 'desc')
    .orderBy(sql`acknowledged_at is not null`)
    .orderBy('opened_at', 'desc')
    .orderBy('alert.id')
    .limit(MOST_ALERTS)
    .execute();
  return rows.map(present);
}

/** For the bell: what stands and nobody took note of. */
export async function countOpenAlerts({ db }: Pick<Work, 'db'>): Promise<{ open: number; critical: number }> {
  const { open, critical } = await db
    .selectFrom('alerts')
    .select(({ fn }) => [
      fn.countAll<number>().as('open'),
      fn.countAll<number>().filterWhere('severity', '=', 'critical').as('critical'),
    ])
    .where('resolved_at', 'is', null)
    .where('acknowledged_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { open, critical };
}

const select = ({ db }: Pick<Work, 'db'>) =>
  db
    .selectFrom('alerts as alert')
    .innerJoin('clients as client', 'client.client_id', 'alert.client_id')
    .selectAll('alert')
    .select(['client.name as client_name', 'client.time_zone']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

export const present = (row: Row): Alert => ({
  id: row.id,
  client: { id: row.client_id, name: row.client_name, timeZone: row.time_zone },
  rule: row.rule as Alert['rule'],
  severity: row.severity,
  state: row.resolved_at ? 'resolved' : row.acknowledged_at ? 'acknowledged' : 'open',
  reason: row.reason as Alert['reason'],
  because: row.because as Alert['because'],
  subjects: row.subjects as Alert['subjects'],
  subjectCount: row.subject_count,
  opening: row.opening,
  since: row.since.toISOString(),
  openedAt: row.opened_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  acknowledgement:
    row.acknowledged_at && row.acknowledged_until && row.acknowledged_by !== null
      ? {
          at: row.acknowledged_at.toISOString(),
          by: row.acknowledged_by,
          until: row.acknowledged_until.toISOString(),
          note: row.acknowledged_note,
        }
      : null,
  resolvedAt: row.resolved_at?.toISOString() ?? null,
});
