/** The file of a report: where it lies, and who took it. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict } from '../errors.ts';
import { personOf, type Work } from '../work.ts';
import { findReport } from './reports.ts';

export const ReportDownload = z
  .object({
    at: z.iso.datetime(),
    by: z.string(),
    sha256: z.string().describe('Of the file that was handed out'),
  })
  .meta({ id: 'ReportDownload' });
export type ReportDownload = z.infer<typeof ReportDownload>;

/** Where the file lies. Whoever opens it is written down with the hash of what they got. */
export async function openReport(
  work: Work,
  id: string,
): Promise<{ key: string; name: string; sha256: string }> {
  const report = await findReport(work, id);
  if (report.fileRemovedAt !== null)
    throw conflict('report.file-removed', { removedAt: report.fileRemovedAt });
  const { object_key } = await work.db
    .selectFrom('reports')
    .select('object_key')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (report.state !== 'done' || object_key === null || report.sha256 === null)
    throw conflict('report.not-ready');
  await work.db
    .insertInto('report_downloads')
    .values({
      client_id: report.client,
      report_id: id,
      at: work.now,
      person_id: personOf(work.actor),
      name: work.actor.name,
      sha256: report.sha256,
    })
    .execute();
  await record(
    work,
    'report.downloaded',
    { kind: 'report', id, client: report.client },
    { sha256: report.sha256 },
  );
  return { key: object_key, name: `${report.reference}.pdf`, sha256: report.sha256 };
}

/** Newest first. */
export async function listDownloads(work: Work, id: string): Promise<ReportDownload[]> {
  allow(work, 'report.follow');
  await findReport(work, id);
  const rows = await work.db
    .selectFrom('report_downloads')
    .select(['at', 'name', 'sha256'])
    .where('report_id', '=', id)
    .orderBy('at', 'desc')
    .limit(1000)
    .execute();
  return rows.map(({ at, name, sha256 }) => ({ at: at.toISOString(), by: name, sha256 }));
}
