/** A report on its way from its snapshot to its file. */
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { recordEvidence } from '../evidence.ts';
import { type Finding, findingColumns } from '../findings.ts';
import { findProviderKey } from '../keys.ts';
import type { Work } from '../work.ts';
import { releaseIfScheduled } from './release.ts';

/** Marks a report as being drawn and tells from what. Null when it is finished already. */
export async function startReport(work: Work, id: string) {
  const report = await work.db
    .updateTable('reports')
    .set({ state: 'running' })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'reference', 'snapshot'])
    .executeTakeFirst();
  if (!report) return null;
  const { publicPart, sealedPrivate } = await findProviderKey(work, 'report-sealing');
  return {
    client: report.client_id,
    reference: report.reference,
    snapshot: report.snapshot,
    sealedKey: sealedPrivate,
    certificates: publicPart,
  };
}

/** Writes down where the finished file lies and what its hash is. Once. */
export async function finishReport(
  work: Work,
  id: string,
  file: { key: string; sha256: string; pages: number; bytes: number },
) {
  allow(work, 'work.finish');
  const report = await work.db
    .updateTable('reports')
    .set({
      state: 'done',
      finished_at: work.now,
      object_key: file.key,
      sha256: file.sha256,
      pages: file.pages,
      bytes: file.bytes,
    })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning(['client_id', 'kind', 'reference', 'snapshot_sha256'])
    .executeTakeFirst();
  if (!report) return;
  await record(
    work,
    'report.made',
    { kind: 'report', id, client: report.client_id },
    { reference: report.reference, sha256: file.sha256 },
  );
  await releaseIfScheduled(work, id);
  if (report.kind !== 'readiness' || report.client_id === null) return;
  const client = await findClient(work, report.client_id);
  await recordEvidence(work, {
    client: client.id,
    code: 'KPI',
    subject: { kind: 'client', id: client.id, name: client.name },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: null,
    content: {
      report: id,
      reference: report.reference,
      snapshotSha256: report.snapshot_sha256,
      sha256: file.sha256,
    },
  });
}

export async function failReport(work: Work, id: string, found: Finding) {
  allow(work, 'work.finish');
  const report = await work.db
    .updateTable('reports')
    .set({ state: 'failed', finished_at: work.now, ...findingColumns(found) })
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .returning('client_id')
    .executeTakeFirst();
  if (report)
    await record(work, 'report.failed', { kind: 'report', id, client: report.client_id }, { finding: found });
}
