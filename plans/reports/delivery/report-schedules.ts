/** Report schedules: which report a client is due, when, and whom it goes to. */
import { z } from 'zod';
import { allow } from '../../access.ts';
import { record } from '../../audit.ts';
import { findClient } from '../../clients.ts';
import { conflict, invalid, notFound } from '../../errors.ts';
import { type Cadence, ClockTime } from '../../schedules/cadence.ts';
import { nextDueTimes } from '../../schedules/due-times.ts';
import { keepSchedule } from '../../schedules/schedules.ts';
import { zoneOf } from '../../schedules/zone.ts';
import { Checkbox, Line } from '../../text.ts';
import type { Work } from '../../work.ts';
import { LOCALES } from '../head.ts';
import { ReportRecipient, reachRecipient } from './recipients.ts';
import { readRecipients, replaceRecipients } from './schedule-recipients.ts';

/** What their schedules are for. */
export const REPORT = 'report';
/** Those that need no record to be about, and the one about the exercise that it comes after. */
export const SCHEDULED_KINDS = ['readiness', 'coverage', 'cards', 'exercise'] as const;
export const OCCASIONS = ['monthly', 'quarterly', 'drill', 'exercise'] as const;
type Occasion = (typeof OCCASIONS)[number];

const QUARTERS = [1, 4, 7, 10];
const DAY_SECONDS = 86_400;

export const NewReportSchedule = z.object({
  name: Line(120),
  kind: z.enum(SCHEDULED_KINDS).default('readiness'),
  locale: z.enum(LOCALES).default('fr'),
  occasion: z
    .enum(OCCASIONS)
    .default('monthly')
    .describe('`drill` and `exercise`: after each one that ended'),
  day: z
    .preprocess((value) => value ?? 1, z.coerce.number().int().min(-1).max(31))
    .refine((day) => day !== 0, { error: 'schedule.day' })
    .describe('Of the month; -1 is the last day'),
  at: z
    .preprocess((value) => value || undefined, ClockTime.default('07:00'))
    .describe('In the local time of the client'),
  isReleased: Checkbox.default(true).describe('Released as soon as it is made; else a person releases it'),
  recipients: z
    .array(ReportRecipient)
    .max(50)
    .default([])
    .refine((all) => new Set(all.map(({ to }) => to)).size === all.length, {
      error: 'report-recipient.twice',
    })
    .describe('It is sent to them once it is released'),
});
export type NewReportSchedule = z.infer<typeof NewReportSchedule>;

export const ReportSchedule = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewReportSchedule.shape,
    sentTo: z.array(z.object({ name: z.string(), way: z.string() })).describe('The recipients by name'),
    nextDueAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ReportSchedule' });
export type ReportSchedule = z.infer<typeof ReportSchedule>;

export async function addReportSchedule(
  work: Work,
  client: string,
  schedule: NewReportSchedule,
): Promise<ReportSchedule> {
  allow(work, 'report.release');
  await findClient(work, client);
  await refuseUnsound(work, client, schedule);
  const { id } = await work.db
    .insertInto('report_schedules')
    .values({ client_id: client, ...columns(schedule), since: work.now, created_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceRecipients(work, { id, client }, schedule.recipients);
  await keepTimes(work, { id, client }, schedule);
  await record(work, 'report-schedule.added', { kind: 'report-schedule', id, client }, schedule);
  return findReportSchedule(work, id);
}

export async function changeReportSchedule(
  work: Work,
  id: string,
  schedule: NewReportSchedule,
): Promise<ReportSchedule> {
  allow(work, 'report.release');
  const before = await findReportScheduleForChange(work, id);
  const { client } = before;
  await refuseUnsound(work, client, schedule, id);
  await work.db
    .updateTable('report_schedules')
    .set({ ...columns(schedule), ...(schedule.occasion === before.occasion ? {} : { since: work.now }) })
    .where('id', '=', id)
    .execute();
  await replaceRecipients(work, before, schedule.recipients);
  await keepTimes(work, before, schedule);
  await record(
    work,
    'report-schedule.changed',
    { kind: 'report-schedule', id, client },
    { before, after: schedule },
  );
  return findReportSchedule(work, id);
}

/** It is due no more; reports that were made stay. */
export async function removeReportSchedule(work: Work, id: string): Promise<ReportSchedule> {
  allow(work, 'report.release');
  const before = await findReportScheduleForChange(work, id);
  await dropTimes(work, id);
  await work.db.deleteFrom('report_schedules').where('id', '=', id).execute();
  await record(
    work,
    'report-schedule.removed',
    { kind: 'report-schedule', id, client: before.client },
    { before },
  );
  return before;
}

export async function findReportSchedule(work: Work, id: string): Promise<ReportSchedule> {
  allow(work, 'report.follow');
  const row = await select(work).where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('report-schedule');
  return present(work, row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findReportScheduleForChange(work: Work, id: string): Promise<ReportSchedule> {
  await work.db.selectFrom('report_schedules').select('id').where('id', '=', id).forUpdate().execute();
  return findReportSchedule(work, id);
}

export async function listReportSchedules(work: Work, client: string): Promise<ReportSchedule[]> {
  allow(work, 'report.follow');
  await findClient(work, client);
  const rows = await select(work).where('client_id', '=', client).orderBy('name').limit(200).execute();
  return Promise.all(rows.map((row) => present(work, row)));
}

async function refuseUnsound(work: Work, client: string, schedule: NewReportSchedule, own?: string) {
  const { name, kind, occasion, recipients } = schedule;
  if (kind === 'exercise' && occasion !== 'exercise') throw invalid('kind', 'report-schedule.of-exercise');
  let same = work.db
    .selectFrom('report_schedules')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name);
  if (own) same = same.where('id', '<>', own);
  if (await same.executeTakeFirst()) throw conflict('report-schedule.name-taken', { name });
  for (const [place, recipient] of recipients.entries()) {
    const reach = await reachRecipient(work, client, recipient);
    if (typeof reach === 'string') throw invalid(`recipients.${place}.to`, reach);
  }
}

/** What comes after drills and exercises has no times of its own. */
async function keepTimes(
  work: Work,
  { id, client }: { id: string; client: string },
  schedule: NewReportSchedule,
) {
  const cadence = cadenceOf(schedule);
  if (!cadence) return dropTimes(work, id);
  await keepSchedule(
    work,
    { client, purpose: REPORT, subject: id },
    { cadence, startWindowSeconds: DAY_SECONDS, completionWindowSeconds: null, catchUp: 'once' },
  );
}

const dropTimes = ({ db }: Work, id: string) =>
  db.deleteFrom('schedules').where('purpose', '=', REPORT).where('subject_id', '=', id).execute();

function cadenceOf({ occasion, day, at }: Pick<NewReportSchedule, 'occasion' | 'day' | 'at'>) {
  const monthly = { kind: 'monthly', at: [at], days: [day], spreadSeconds: 0 } satisfies Cadence;
  if (occasion === 'monthly') return monthly;
  return occasion === 'quarterly' ? { ...monthly, months: QUARTERS } : null;
}

const columns = ({ name, kind, locale, occasion, day, at, isReleased }: NewReportSchedule) => ({
  name,
  kind,
  locale,
  occasion,
  day,
  at_time: at,
  is_released: isReleased,
});

const select = ({ db }: Work) => db.selectFrom('report_schedules').selectAll();
type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirst']>>>;

async function present(work: Work, row: Row): Promise<ReportSchedule> {
  const rules = { occasion: row.occasion as Occasion, day: row.day, at: row.at_time };
  const cadence = cadenceOf(rules);
  const place = { zone: await zoneOf(work, row.client_id), id: row.id, after: work.now };
  const recipients = await readRecipients(work, row.id);
  return {
    id: row.id,
    client: row.client_id,
    name: row.name,
    kind: row.kind as ReportSchedule['kind'],
    locale: row.locale as ReportSchedule['locale'],
    ...rules,
    isReleased: row.is_released,
    recipients: recipients.map(({ to, way }) => ({ to, way })),
    sentTo: recipients.map(({ name, way }) => ({ name, way })),
    nextDueAt: cadence ? (nextDueTimes(cadence, place, 1)[0]?.toISOString() ?? null) : null,
  };
}
