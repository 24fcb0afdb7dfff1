/** Handing a report over to its client: until then only the provider and its auditors see it. */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict } from '../errors.ts';
import type { Work } from '../work.ts';
import { queueDelivery } from './delivery/deliveries.ts';
import { readRecipients } from './delivery/schedule-recipients.ts';
import { findReport, findReportForChange, type Report } from './reports.ts';

/** By a person, or by the schedule it was made for. */
export async function releaseReport(work: Work, id: string): Promise<Report> {
  allow(work, 'report.release');
  const report = await findReportForChange(work, id);
  if (report.client === null) throw conflict('report.portfolio-release');
  if (report.state !== 'done') throw conflict('report.not-ready');
  if (report.released !== null) throw conflict('report.released-already', { by: report.released.by });

  await work.db
    .updateTable('reports')
    .set({ released_at: work.now, released_by: work.actor.name })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'report.released',
    { kind: 'report', id, client: report.client },
    { reference: report.reference, sha256: report.sha256 },
  );
  const released = await findReport(work, id);
  const schedule = await scheduleOf(work, id);
  const recipients = schedule ? await readRecipients(work, schedule.id) : [];
  for (const recipient of recipients) await queueDelivery(work, released, recipient);
  return released;
}

/** Once it is made: what its schedule releases needs no person. */
export async function releaseIfScheduled(work: Work, id: string): Promise<void> {
  if ((await scheduleOf(work, id))?.is_released) await releaseReport(work, id);
}

const scheduleOf = ({ db }: Work, report: string) =>
  db
    .selectFrom('report_runs as run')
    .innerJoin('report_schedules as schedule', (join) =>
      join.onRef('schedule.client_id', '=', 'run.client_id').onRef('schedule.id', '=', 'run.schedule_id'),
    )
    .select(['schedule.id', 'schedule.is_released'])
    .where('run.report_id', '=', report)
    .executeTakeFirst();
