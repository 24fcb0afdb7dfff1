/** Makes the reports that are due, each once: by the calendar, and after drills and exercises that ended. */
import { sql } from 'kysely';
import { allow } from '../../access.ts';
import { record } from '../../audit.ts';
import { type Finding, findingColumns, findingOfRow } from '../../findings.ts';
import type { Purpose } from '../../schedules/purpose.ts';
import type { Work } from '../../work.ts';
import { LOCALES, type SnapshotHead } from '../head.ts';
import { requestReport } from '../requests.ts';
import type { ReportSchedule } from './report-schedules.ts';

/** What somebody waits for comes first. */
const BEHIND_OTHERS = -1;

/** The snapshot is taken by a job of its own: the clock holds nobody up. */
export const scheduledReports: Purpose = {
  async begin(work, { client, subject, dueAt }) {
    const { id } = await work.db
      .insertInto('report_runs')
      .values({ client_id: client, schedule_id: subject, due_at: dueAt })
      .returning('id')
      .executeTakeFirstOrThrow();
    await work.enqueue('take-report', { run: id });
    return { run: id };
  },
};

/** One for each drill or exercise that ended since its schedule is there. */
export async function queueReportsAfter(work: Work): Promise<void> {
  const { rows } = await sql<{ id: string }>`
    insert into report_runs (client_id, schedule_id, due_at, occasion_id)
    select schedule.client_id, schedule.id, ended.ended_at, ended.id
    from report_schedules as schedule
    join clients as client on client.client_id = schedule.client_id and client.closed_at is null
    join lateral (
      select id, ended_at from drills
      where schedule.occasion = 'drill' and client_id = schedule.client_id and ended_at >= schedule.since and state <> 'cancelled'
      union all
      select id, ended_at from exercises
      where schedule.occasion = 'exercise' and client_id = schedule.client_id and ended_at >= schedule.since
    ) as ended on not exists (
      select from report_runs as run
      where run.client_id = schedule.client_id and run.schedule_id = schedule.id and run.occasion_id = ended.id)
    where schedule.occasion in ('drill', 'exercise')
    limit 1000
    on conflict do nothing
    returning id`.execute(work.db);
  for (const { id } of rows) await work.enqueue('take-report', { run: id });
}

/** Asks for the report of a run, unless that was done. */
export async function takeReport(
  work: Work,
  id: string,
  versions: Pick<SnapshotHead['versions'], 'product' | 'engine'>,
): Promise<void> {
  allow(work, 'work.finish');
  const run = await work.db
    .selectFrom('report_runs as run')
    .innerJoin('report_schedules as schedule', (join) =>
      join.onRef('schedule.client_id', '=', 'run.client_id').onRef('schedule.id', '=', 'run.schedule_id'),
    )
    .select(['run.client_id', 'run.occasion_id', 'schedule.kind', 'schedule.locale'])
    .where('run.id', '=', id)
    .where('run.report_id', 'is', null)
    .where('run.finding_code', 'is', null)
    .forUpdate('run')
    .executeTakeFirst();
  if (!run) return;
  const kind = run.kind as ReportSchedule['kind'];
  const locale = LOCALES.find((one) => one === run.locale) ?? 'fr';
  const subject = kind === 'exercise' ? run.occasion_id : null;
  const report = await requestReport(work, run.client_id, { kind, subject, locale }, versions, BEHIND_OTHERS);
  await work.db.updateTable('report_runs').set({ report_id: report.id }).where('id', '=', id).execute();
}

/** Nothing came of it; the alert that follows says why. */
export async function failReportRun(work: Work, id: string, found: Finding): Promise<void> {
  allow(work, 'work.finish');
  const run = await work.db
    .updateTable('report_runs')
    .set(findingColumns(found))
    .where('id', '=', id)
    .where('report_id', 'is', null)
    .returning(['client_id', 'schedule_id'])
    .executeTakeFirst();
  if (!run) return;
  const subject = { kind: 'report-schedule', id: run.schedule_id, client: run.client_id };
  await record(work, 'report-schedule.failed', subject, { finding: found });
}

export interface ReportRun {
  id: string;
  dueAt: Date;
  occasion: string | null;
  report: { id: string; reference: string; state: string; releasedAt: Date | null } | null;
  finding: Finding | null;
}

/** Newest first. */
export async function listReportRuns(work: Work, schedule: string): Promise<ReportRun[]> {
  allow(work, 'report.follow');
  const rows = await work.db
    .selectFrom('report_runs as run')
    .leftJoin('reports as report', 'report.id', 'run.report_id')
    .select(['run.id', 'run.due_at', 'run.occasion_id', 'report.id as report_id', 'report.reference'])
    .select(['report.state', 'report.released_at', 'run.finding', 'run.finding_code', 'run.finding_params'])
    .where('run.schedule_id', '=', schedule)
    .orderBy('run.due_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    dueAt: row.due_at,
    occasion: row.occasion_id,
    report:
      row.report_id === null || row.reference === null || row.state === null
        ? null
        : { id: row.report_id, reference: row.reference, state: row.state, releasedAt: row.released_at },
    finding: findingOfRow(row),
  }));
}
