/** Activities: what the client does for a living, how long each may stand still, and how much data it may lose. */
import { z } from 'zod';
import { allow } from './access.ts';
import {
  ACTIVITY_CALENDARS,
  ActivityImpact,
  derivedMtpdOf,
  PeakPeriod,
  ResourceNeed,
  refuseUnsound,
} from './activity-analysis.ts';
import { refuseCircle, refuseUnknownParent, refuseWhileItHasParts } from './activity-parents.ts';
import { lockScales, readParts, readScales, replaceParts } from './activity-parts.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { CRITICALITIES, criticalityOf } from './criticality.ts';
import { conflict, notFound } from './errors.ts';
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
  parent: z.uuid().nullable().default(null).describe('The activity that it is a part of'),
  calendar: z
    .enum(ACTIVITY_CALENDARS)
    .default('always')
    .describe('When it is worked; its durations count on the clock all the same'),
  peakPeriods: z.array(PeakPeriod).max(20).default([]),
  mtpdSeconds: OptionalSeconds.default(null),
  mtpdReason: OptionalText(2000).default(null).describe('Why the MTPD is not what follows from the impacts'),
  rtoSeconds: OptionalSeconds.default(null),
  wrtSeconds: OptionalSeconds.default(null).describe('Work recovery time: from systems back to work back'),
  rpoSeconds: OptionalSeconds.default(null).describe('The loss of data that can be borne (PDMA)'),
  rpoTargetSeconds: OptionalSeconds.default(null).describe('What backups are built for (PRD)'),
  mbco: OptionalLine(1000).default(null),
  mbcoPercent: z.int().min(0).max(100).nullable().default(null),
  impacts: z.array(ActivityImpact).max(500).default([]).describe('From each moment on, until the next'),
  resources: z.array(ResourceNeed).max(500).default([]),
});
export type NewActivity = z.infer<typeof NewActivity>;

export const Activity = z
  .object({
    ...NewActivity.shape,
    id: z.uuid(),
    client: z.uuid(),
    derivedMtpdSeconds: z.int().nullable().describe('The MTPD that follows from the impacts'),
    criticality: z.enum(CRITICALITIES).nullable().describe('From the MTPD; null while there is none'),
    approval: z.object({ by: z.string(), at: z.iso.datetime() }).nullable(),
  })
  .meta({ id: 'Activity' });
export type Activity = z.infer<typeof Activity>;

export async function addActivity(work: Work, client: string, activity: NewActivity): Promise<Activity> {
  allow(work, 'activity.change');
  await findClient(work, client);
  await refuseTakenName(work, client, activity.name);
  await refuseUnknownParent(work, client, activity.parent);
  refuseUnsound(activity, await lockScales(work, client, activity.impacts));

  const { id } = await work.db
    .insertInto('activities')
    .values({ client_id: client, ...columns(activity), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceParts(work, { id, client }, activity);
  await record(work, 'activity.added', { kind: 'activity', id, client }, activity);
  return findActivity(work, id);
}

/** Changes an analysis. What was approved is no longer: the approval was of the old figures. The same again changes nothing. */
export async function changeActivity(work: Work, id: string, activity: NewActivity): Promise<Activity> {
  allow(work, 'activity.change');
  const before = await findActivityForChange(work, id);
  if (activity.name !== before.name) await refuseTakenName(work, before.client, activity.name);
  if (activity.parent !== before.parent) await refuseCircle(work, before, activity.parent);
  refuseUnsound(activity, await lockScales(work, before.client, activity.impacts));
  if (canonical(analysisOf(before)) === canonical(analysisOf(activity))) return before;

  await work.db
    .updateTable('activities')
    .set({ ...columns(activity), approved_by: null, approved_at: null, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await replaceParts(work, before, activity);
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
  await approveAnalysis(work, activity, { validUntil: new Date(work.now.getTime() + ANALYSIS_VALID_MS) });
  return findActivity(work, id);
}

/** Writes an approval down, with its record. `study` is the one by which it was approved; whoever calls has checked the right. */
export async function approveAnalysis(
  work: Work,
  activity: Activity,
  { validUntil, study }: { validUntil: Date; study?: { id: string; number: number; sha256: string } },
): Promise<void> {
  const { id, client, name } = activity;
  await work.db
    .updateTable('activities')
    .set({ approved_by: work.actor.name, approved_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'activity.approved', { kind: 'activity', id, client }, { name, study });
  await recordEvidence(work, {
    client,
    code: 'BIA',
    subject: { kind: 'activity', id, name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil,
    content: { ...activity, approvedBy: work.actor.name, study },
  });
}

/** Takes an activity out, with its needs, its strategies and its place in plans. The trail keeps all of them. */
export async function removeActivity(work: Work, id: string): Promise<Activity> {
  allow(work, 'activity.change');
  await work.db.selectFrom('activities').select('id').where('id', '=', id).forUpdate().execute();
  const before = await findActivity(work, id);
  await refuseWhileItHasParts(work, before);

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
  const strategies = await work.db
    .deleteFrom('strategies')
    .where('activity_id', '=', id)
    .returning(['id', 'name', 'state'])
    .execute();
  await work.db.deleteFrom('activities').where('id', '=', id).execute();
  await record(
    work,
    'activity.removed',
    { kind: 'activity', id, client: before.client },
    { before, needs, plans: plans.map(({ plan_id }) => plan_id), strategies },
  );
  return before;
}

export async function findActivity(work: Work, id: string): Promise<Activity> {
  const [activity] = await select(work, (query) => query.where('id', '=', id));
  if (!activity) throw notFound('activity');
  return activity;
}

/** The same, and nobody else changes it until this work has ended: what is compared now stays true. */
export async function findActivityForChange(work: Work, id: string): Promise<Activity> {
  // Others may still name it as what they are a part of.
  const [activity] = await select(work, (query) => query.where('id', '=', id).forNoKeyUpdate());
  if (!activity) throw notFound('activity');
  return activity;
}

export async function listActivities(work: Work, client: string): Promise<Activity[]> {
  await findClient(work, client);
  return select(work, (query) =>
    query.where('client_id', '=', client).orderBy('is_priority', 'desc').orderBy('name').limit(5000),
  );
}

/** What is said of an activity, always in the same order, so that two can be compared. */
export const analysisOf = (activity: NewActivity): NewActivity => ({
  ...(Object.fromEntries(
    Object.keys(NewActivity.shape).map((name) => [name, activity[name as keyof NewActivity]]),
  ) as NewActivity),
  impacts: activity.impacts.toSorted(
    (left, right) => compare(left.category, right.category) || left.afterSeconds - right.afterSeconds,
  ),
  resources: activity.resources.toSorted(
    (left, right) =>
      left.afterSeconds - right.afterSeconds ||
      compare(left.kind, right.kind) ||
      compare(left.name, right.name),
  ),
});

const compare = (left: string, right: string) => (left < right ? -1 : left > right ? 1 : 0);

const selectRows = ({ db }: Work) => db.selectFrom('activities').selectAll();

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Activity[]> {
  const rows = await narrow(selectRows(work)).execute();
  if (rows.length === 0) return [];
  const parts = await readParts(
    work,
    rows.map(({ id }) => id),
  );
  const scales = await readScales(work, [...new Set(rows.map(({ client_id }) => client_id))]);
  return rows.map((row) => {
    const { impacts, resources } = parts.get(row.id)!;
    const derivedMtpdSeconds = derivedMtpdOf(impacts, scales);
    return {
      id: row.id,
      client: row.client_id,
      name: row.name,
      owner: row.owner,
      description: row.description,
      isPriority: row.is_priority,
      parent: row.parent_id,
      calendar: row.calendar,
      peakPeriods: row.peak_periods as Activity['peakPeriods'],
      mtpdSeconds: row.mtpd_seconds,
      derivedMtpdSeconds,
      mtpdReason: row.mtpd_reason,
      criticality: criticalityOf(row.mtpd_seconds ?? derivedMtpdSeconds),
      rtoSeconds: row.rto_seconds,
      wrtSeconds: row.wrt_seconds,
      rpoSeconds: row.rpo_seconds,
      rpoTargetSeconds: row.rpo_target_seconds,
      mbco: row.mbco,
      mbcoPercent: row.mbco_percent,
      impacts,
      resources,
      approval:
        row.approved_by && row.approved_at
          ? { by: row.approved_by, at: row.approved_at.toISOString() }
          : null,
    };
  });
}

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
  parent_id: activity.parent,
  calendar: activity.calendar,
  peak_periods: JSON.stringify(activity.peakPeriods),
  mtpd_seconds: activity.mtpdSeconds,
  mtpd_reason: activity.mtpdReason,
  rto_seconds: activity.rtoSeconds,
  wrt_seconds: activity.wrtSeconds,
  rpo_seconds: activity.rpoSeconds,
  rpo_target_seconds: activity.rpoTargetSeconds,
  mbco: activity.mbco,
  mbco_percent: activity.mbcoPercent,
});
