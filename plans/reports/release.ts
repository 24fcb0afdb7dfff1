/** Handing a report over to its client: until then only the provider and its auditors see it. */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict } from '../errors.ts';
import type { Work } from '../work.ts';
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
  return findReport(work, id);
}
