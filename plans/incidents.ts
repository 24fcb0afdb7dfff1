/** Incidents: what happened, when it was noticed, declared, contained and mended, and whom it had to be told to. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findActivity } from './activities.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { readLog } from './logbook.ts';
import { openReview } from './reviews.ts';
import { findScenario } from './scenarios.ts';
import { Checkbox, Line, OptionalMoment, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const INCIDENT_CLASSES = [
  'cyber',
  'hardware',
  'software',
  'supplier',
  'human-error',
  'premises',
  'power',
  'network',
  'data-loss',
  'other',
] as const;
export const INCIDENT_SEVERITIES = ['minor', 'significant', 'major', 'crisis'] as const;

/** Regulation (EU) 2016/679, article 33(1): within 72 hours of becoming aware. */
const DATA_BREACH_MS = 72 * 3_600_000;
const DATA_AUTHORITY: Record<string, string> = {
  FR: 'CNIL (RGPD, article 33)',
  BE: 'APD / GBA (GDPR, article 33)',
  NL: 'Autoriteit Persoonsgegevens (AVG, artikel 33)',
  LU: 'CNPD (RGPD, article 33)',
};

const Report = z.object({
  to: Line(200),
  dueAt: z.iso.datetime({ offset: true }),
  doneAt: OptionalMoment.default(null),
});

export const NewIncident = z.object({
  title: Line(200),
  class: z.enum(INCIDENT_CLASSES),
  severity: z.enum(INCIDENT_SEVERITIES),
  description: OptionalText(10_000).default(null),
  scenario: z.uuid().nullable().default(null),
  occurredAt: OptionalMoment.default(null),
  detectedAt: z.iso.datetime({ offset: true }),
  declaredAt: OptionalMoment.default(null),
  containedAt: OptionalMoment.default(null),
  restoredAt: OptionalMoment.default(null),
  dataLossSeconds: z.int().min(0).nullable().default(null).describe('How much work was lost'),
  isReportable: Checkbox.default(false),
  reports: z.array(Report).max(50).default([]),
  activities: z.array(z.uuid()).max(500).default([]),
  assets: z.array(z.uuid()).max(500).default([]),
});
export type NewIncident = z.infer<typeof NewIncident>;

export const Incident = z
  .object({
    ...NewIncident.shape,
    id: z.uuid(),
    client: z.uuid(),
    closedAt: z.iso.datetime().nullable(),
    unrestoredReason: z.string().nullable().describe('Why it was closed although nothing came back'),
  })
  .meta({ id: 'Incident' });
export type Incident = z.infer<typeof Incident>;

/** Records an incident. For one that may have touched personal data, the authority's deadline is put in as a suggestion. */
export async function addIncident(work: Work, client: string, incident: NewIncident): Promise<Incident> {
  allow(work, 'life.change');
  const { country } = await findClient(work, client);
  refuseImpossibleTimes(work, incident);
  await refuseForeign(work, client, incident);

  const whole = {
    ...incident,
    reports: incident.reports.length > 0 ? incident.reports : suggested(incident, country),
  };
  const { id } = await work.db
    .insertInto('incidents')
    .values({ client_id: client, ...columns(whole), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await writeObjects(work, client, id, whole);
  await record(work, 'incident.added', { kind: 'incident', id, client }, whole);
  return findIncident(work, id);
}

export async function changeIncident(work: Work, id: string, incident: NewIncident): Promise<Incident> {
  allow(work, 'life.change');
  const before = await findIncidentForChange(work, id);
  if (before.closedAt) throw conflict('incident.closed', { title: before.title });
  refuseImpossibleTimes(work, incident);
  await refuseForeign(work, before.client, incident);

  await work.db
    .updateTable('incidents')
    .set({ ...columns(incident), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await work.db.deleteFrom('incident_objects').where('incident_id', '=', id).execute();
  await writeObjects(work, before.client, id, incident);
  await record(
    work,
    'incident.changed',
    { kind: 'incident', id, client: before.client },
    { before, after: incident },
  );
  return findIncident(work, id);
}

export const Closing = z.object({
  unrestoredReason: OptionalText(2000)
    .default(null)
    .describe('Why it is closed without having been restored'),
});

/** Closes an incident that is mended, or says why not, and whose log tells of it. The review is due from here. */
export async function closeIncident(
  work: Work,
  id: string,
  { unrestoredReason }: z.infer<typeof Closing>,
): Promise<Incident> {
  allow(work, 'life.change');
  const before = await findIncidentForChange(work, id);
  if (before.closedAt) throw conflict('incident.closed', { title: before.title });
  if (!before.restoredAt && !unrestoredReason?.trim())
    throw invalid('unrestoredReason', 'incident.not-restored');
  const log = await readLog(work, { kind: 'incident', id });
  if (log.length === 0) throw conflict('incident.no-log');

  await work.db
    .updateTable('incidents')
    .set({ closed_at: work.now, unrestored_reason: unrestoredReason?.trim() || null, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'incident.closed',
    { kind: 'incident', id, client: before.client },
    { unrestoredReason },
  );
  await openReview(work, before.client, { kind: 'incident', id }, work.now);
  await recordEvidence(work, {
    client: before.client,
    code: 'INC',
    subject: { kind: 'incident', id, name: before.title },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: null,
    content: {
      ...before,
      closedAt: work.now,
      unrestoredReason,
      entries: log.length,
      logHash: log.at(-1)?.hash,
    },
  });
  return findIncident(work, id);
}

export async function findIncident(work: Work, id: string): Promise<Incident> {
  const [incident] = await select(work, (query) => query.where('id', '=', id));
  if (!incident) throw notFound('incident');
  return incident;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findIncidentForChange(work: Work, id: string): Promise<Incident> {
  const [incident] = await select(work, (query) => query.where('id', '=', id).forUpdate());
  if (!incident) throw notFound('incident');
  return incident;
}

/** Newest first. */
export async function listIncidents(work: Work, client: string): Promise<Incident[]> {
  await findClient(work, client);
  return select(work, (query) =>
    query.where('client_id', '=', client).orderBy('detected_at', 'desc').orderBy('id').limit(1000),
  );
}

/** Nothing is noticed before it happens, or mended before it is noticed; and nothing is told of the future. */
function refuseImpossibleTimes({ now }: Work, incident: NewIncident) {
  const order = ['occurredAt', 'detectedAt', 'declaredAt', 'containedAt', 'restoredAt'] as const;
  let last = Number.NEGATIVE_INFINITY;
  for (const field of order) {
    const told = incident[field];
    if (!told) continue;
    const at = Date.parse(told);
    if (at > now.getTime()) throw invalid(field, 'date.in-the-future');
    // Declaring may come after containing: both only follow detection.
    if (field === 'containedAt' || field === 'declaredAt') {
      if (at < Date.parse(incident.detectedAt)) throw invalid(field, 'incident.times');
      continue;
    }
    if (at < last) throw invalid(field, 'incident.times');
    last = at;
  }
}

function suggested({ class: what, detectedAt }: NewIncident, country: string): NewIncident['reports'] {
  if (what !== 'cyber' && what !== 'data-loss') return [];
  const dueAt = new Date(Date.parse(detectedAt) + DATA_BREACH_MS).toISOString();
  return [
    { to: DATA_AUTHORITY[country] ?? 'Data protection authority (GDPR, article 33)', dueAt, doneAt: null },
  ];
}

async function refuseForeign(work: Work, client: string, { scenario, activities, assets }: NewIncident) {
  if (scenario && (await findScenario(work, scenario)).client !== client) throw notFound('scenario');
  for (const id of activities)
    if ((await findActivity(work, id)).client !== client) throw notFound('activity');
  for (const id of assets) if ((await findAsset(work, id)).client !== client) throw notFound('asset');
}

async function writeObjects(
  { db }: Work,
  client: string,
  incident: string,
  { activities, assets }: Pick<NewIncident, 'activities' | 'assets'>,
) {
  const rows = [
    ...[...new Set(activities)].map((id) => ({ activity_id: id, asset_id: null })),
    ...[...new Set(assets)].map((id) => ({ activity_id: null, asset_id: id })),
  ];
  if (rows.length === 0) return;
  await db
    .insertInto('incident_objects')
    .values(rows.map((row) => ({ client_id: client, incident_id: incident, ...row })))
    .execute();
}

const moment = (told: string | null) => (told === null ? null : new Date(told));

const columns = (incident: NewIncident) => ({
  title: incident.title,
  class: incident.class,
  severity: incident.severity,
  description: incident.description,
  scenario_id: incident.scenario,
  occurred_at: moment(incident.occurredAt),
  detected_at: new Date(incident.detectedAt),
  declared_at: moment(incident.declaredAt),
  contained_at: moment(incident.containedAt),
  restored_at: moment(incident.restoredAt),
  data_loss_seconds: incident.dataLossSeconds,
  is_reportable: incident.isReportable,
  reports: JSON.stringify(incident.reports),
});

const selectRows = ({ db }: Work) => db.selectFrom('incidents').selectAll();

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Incident[]> {
  const rows = await narrow(selectRows(work)).execute();
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const objects = await work.db
    .selectFrom('incident_objects')
    .selectAll()
    .where('incident_id', 'in', ids)
    .limit(100_000)
    .execute();
  const objectsOf = Map.groupBy(objects, ({ incident_id }) => incident_id);
  return rows.map((row) => {
    const own = objectsOf.get(row.id) ?? [];
    return {
      id: row.id,
      client: row.client_id,
      title: row.title,
      class: row.class as Incident['class'],
      severity: row.severity,
      description: row.description,
      scenario: row.scenario_id,
      occurredAt: row.occurred_at?.toISOString() ?? null,
      detectedAt: row.detected_at.toISOString(),
      declaredAt: row.declared_at?.toISOString() ?? null,
      containedAt: row.contained_at?.toISOString() ?? null,
      restoredAt: row.restored_at?.toISOString() ?? null,
      closedAt: row.closed_at?.toISOString() ?? null,
      unrestoredReason: row.unrestored_reason,
      dataLossSeconds: row.data_loss_seconds,
      isReportable: row.is_reportable === true,
      reports: row.reports as Incident['reports'],
      activities: own.flatMap(({ activity_id }) => activity_id ?? []).sort(),
      assets: own.flatMap(({ asset_id }) => asset_id ?? []).sort(),
    };
  });
}
