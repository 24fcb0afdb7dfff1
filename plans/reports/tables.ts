/** What the tables of a finished report are made of: the snapshot that its file was drawn from. */
import { record } from '../audit.ts';
import { sha256 } from '../canonical.ts';
import { conflict } from '../errors.ts';
import type { Work } from '../work.ts';
import { findReport } from './reports.ts';

/** Handing them out goes into the trail. A snapshot that is not the one on record is not handed out. */
export async function openReportTables(
  work: Work,
  id: string,
): Promise<{ name: string; snapshot: string; sha256: string }> {
  const report = await findReport(work, id);
  if (report.fileRemovedAt !== null)
    throw conflict('report.file-removed', { removedAt: report.fileRemovedAt });
  if (report.state !== 'done') throw conflict('report.not-ready');
  const { snapshot } = await work.db
    .selectFrom('reports')
    .select('snapshot')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (sha256(snapshot) !== report.snapshotSha256)
    throw new Error(`The stored snapshot of ${report.reference} is not the one that was recorded.`);
  await record(
    work,
    'report.tables-downloaded',
    { kind: 'report', id, client: report.client },
    { snapshotSha256: report.snapshotSha256 },
  );
  return { name: `${report.reference}.xlsx`, snapshot, sha256: report.snapshotSha256 };
}
