/** Activities: what the client does for a living, how long each may stand still, and how much data it may lose. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { Checkbox, Line, OptionalLine, OptionalSeconds, OptionalText } from './text.ts';
import type { Work } from './work.ts';

/** A year, after which an approved analysis has to be looked at again (ReCyF 1.3: one year). */
const ANALYSIS_VALID_MS = 365 * 86_400_000;

export const NewActivity = z.object({
  name: Line(200),
  owner: OptionalLine(200).default(null),
  description: OptionalText(4000).default(null),
  isPriority: Checkbox.default(false),
  mtpdSeconds: OptionalSeconds.default(null),
  rtoSeconds: OptionalSeconds.default(null),
  rpoSeconds: OptionalSeconds.default(null),
  mbco: OptionalLine(1000).default(null),
});
export type NewActivity = z.infer<typeof NewActivity>;

export const Activity = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    owner: z.string().nullable(),
    description: z.string().nullable(),
    isPriority: z.boolean(),
    mtpdSeconds: z.int().nullable(),
    rtoSeconds: z.int().nullable(),
    rpoSeconds: z.int().nullable(),
    mbco: z.string().nullable(),
    approval: z.object({ by: z.string(), at: z.iso.datetime() }).nullable(),
  })
  .meta({ id: 'Activity' });
export type Activity = z.infer<typeof Activity>;

export async function addActivity(work: Work, client: string, activity: NewActivity): Promise<Activity> {
  allow(work, 'activity.change');
  await findClient(work, client);
  refuseImpossibleObjectives(activity);
  await refuseTakenName(work, client, activity.name);

  const { id } = await work.db
    .insertInto('activities')
    .values({ client_id: client, ...columns(activity), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'activity.added', { kind: 'activity', id, client }, activity);
  return findActivity(work, id);
}

/** Changes an analysis. What was approved is no longer: the approval was of the old figures. The same again changes nothing. */
export async function changeActivity(work: Work, id: string, activity: NewActivity): Promise<Activity> {
  allow(work, 'activity.change');
  const before = await findActivityForChange(work, id);
  refuseImpossibleObjectives(activity);
  if (activity.name !== before.name) await refuseTakenName(work, before.client, activity.name);
  if (isSame(before, activity)) return before;

  await work.db
    .updateTable('activities')
    .set({ ...columns(activity), approved_by: null, approved_at: null, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'activity.changed',
    { kind: 'activity', id, client: before.client },
    { before, after: activity },
  );
  return findActivity(work, id);
}

/** Approves the impact analysis of an activity: the client's word that these objectives are the right ones. */
export async function approveActivity(work: Work, id: string): Promise<Activity> {
  allow(work, 'activity.approve');
  const activity = await findActivityForChange(work, id);
  if (activity.mtpdSeconds === null || activity.rtoSeconds === null || activity.rpoSeconds === null)
    throw conflict('activity.objectives-missing', { name: activity.name });

  await work.db
    .updateTable('activities')
    .set({ approved_by: work.actor.name, approved_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'activity.approved',
    { kind: 'activity', id, client: activity.client },
    { name: activity.name },
  );
  await recordEvidence(work, {
    client: activity.client,
    code: 'BIA',
    subject: { kind: 'activity', id, name: activity.name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: new Date(work.now.getTime() + ANALYSIS_VALID_MS),
    content: { ...activity, approvedBy: work.actor.name },
  });
  return findActivity(work, id);
}

/** Takes an activity out, with its needs and its place in plans. The trail keeps all three. */
export async function removeActivity(work: Work, id: string): Promise<Activity> {
  allow(work, 'activity.change');
  const before = await findActivityForChange(work, id);

  const needs = await work.db
    .deleteFrom('dependencies')
    .where('from_activity_id', '=', id)
    .returning(['to_asset_id', 'kind', 'note'])
    .execute();
  const plans = await work.db
    .deleteFrom('plan_activities')
    .where('activity_id', '=', id)
    .returning('plan_id')
    .execute();
  await work.db.deleteFrom('activities').where('id', '=', id).execute();
  await record(
    work,
    'activity.removed',
    { kind: 'activity', id, client: before.client },
    { before, needs, plans: plans.map(({ plan_id }) => plan_id) },
  );
  return before;
}

export async function findActivity({ db }: Work, id: string): Promise<Activity> {
  const row = await db.selectFrom('activities').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('activity');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended: what is compared now stays true. */
export async function findActivityForChange({ db }: Work, id: string): Promise<Activity> {
  const row = await db
    .selectFrom('activities')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('activity');
  return present(row);
}

export async function listActivities(work: Work, client: string): Promise<Activity[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('activities')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('is_priority', 'desc')
    .orderBy('name')
    .limit(5000)
    .execute();
  return rows.map(present);
}

/** Rule 1 of the model: an activity has to be back before its stop can no longer be borne. */
function refuseImpossibleObjectives({ rtoSeconds, mtpdSeconds }: NewActivity) {
  if (rtoSeconds !== null && mtpdSeconds !== null && rtoSeconds >= mtpdSeconds)
    throw invalid('rtoSeconds', 'activity.rto-not-below-mtpd', { rtoSeconds, mtpdSeconds });
}

const isSame = (before: Activity, after: NewActivity) =>
  Object.entries(columns(before)).join() === Object.entries(columns(after)).join();

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('activities')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('activity.name-taken', { name });
}

const columns = (activity: NewActivity) => ({
  name: activity.name,
  owner: activity.owner,
  description: activity.description,
  is_priority: activity.isPriority,
  mtpd_seconds: activity.mtpdSeconds,
  rto_seconds: activity.rtoSeconds,
  rpo_seconds: activity.rpoSeconds,
  mbco: activity.mbco,
});

const present = (row: {
  id: string;
  client_id: string;
  name: string;
  owner: string | null;
  description: string | null;
  is_priority: boolean;
  mtpd_seconds: number | null;
  rto_seconds: number | null;
  rpo_seconds: number | null;
  mbco: string | null;
  approved_by: string | null;
  approved_at: Date | null;
}): Activity => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  owner: row.owner,
  description: row.description,
  isPriority: row.is_priority,
  mtpdSeconds: row.mtpd_seconds,
  rtoSeconds: row.rto_seconds,
  rpoSeconds: row.rpo_seconds,
  mbco: row.mbco,
  approval:
    row.approved_by && row.approved_at ? { by: row.approved_by, at: row.approved_at.toISOString() } : null,
});
