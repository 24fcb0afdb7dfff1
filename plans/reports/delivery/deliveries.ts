/** Deliveries: one report sent to one recipient by mail, once it was released; what became of it is on record. */
import { z } from 'zod';
import { allow } from '../../access.ts';
import { record } from '../../audit.ts';
import { conflict, invalid } from '../../errors.ts';
import { Finding, findingOfRow } from '../../findings.ts';
import type { Work } from '../../work.ts';
import { findReport, type Report } from '../reports.ts';
import { type ReportRecipient, reachRecipient, WAYS } from './recipients.ts';

export const ReportDelivery = z
  .object({
    id: z.uuid(),
    report: z.uuid(),
    to: z.string(),
    name: z.string(),
    way: z.enum(WAYS),
    sha256: z.string().describe('Of the file that was delivered'),
    state: z
      .enum(['waiting', 'sent', 'failed'])
      .describe('`sent`: the mail relay took it, which is not to say that anybody read it'),
    askedAt: z.iso.datetime(),
    askedBy: z.string(),
    address: z.string().nullable(),
    endedAt: z.iso.datetime().nullable(),
    finding: Finding.nullable(),
  })
  .meta({ id: 'ReportDelivery' });
export type ReportDelivery = z.infer<typeof ReportDelivery>;

/** Sends a released report to somebody more, or once more. */
export async function deliverReport(
  work: Work,
  id: string,
  recipient: ReportRecipient,
): Promise<ReportDelivery> {
  allow(work, 'report.release');
  const report = await findReport(work, id);
  if (report.fileRemovedAt !== null)
    throw conflict('report.file-removed', { removedAt: report.fileRemovedAt });
  if (report.client === null || report.released === null || report.state !== 'done')
    throw conflict('report.not-released');
  const reach = await reachRecipient(work, report.client, recipient);
  if (typeof reach === 'string') throw invalid('to', reach);
  const delivery = await queueDelivery(work, report, { ...recipient, name: reach.name });
  const [found] = (await listDeliveries(work, id)).filter((one) => one.id === delivery);
  return found!;
}

export async function queueDelivery(
  work: Work,
  report: Report,
  { to, way, name }: ReportRecipient & { name: string },
): Promise<string> {
  const { id } = await work.db
    .insertInto('report_deliveries')
    .values({
      client_id: report.client ?? '',
      report_id: report.id,
      recipient: to,
      name,
      way,
      sha256: report.sha256 ?? '',
      asked_at: work.now,
      asked_by: work.actor.name,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'report.sent',
    { kind: 'report', id: report.id, client: report.client },
    { to, name, way, sha256: report.sha256 },
  );
  await work.enqueue('mail-report', { delivery: id });
  return id;
}

/** Newest first. */
export async function listDeliveries(work: Work, id: string): Promise<ReportDelivery[]> {
  allow(work, 'report.follow');
  await findReport(work, id);
  const rows = await work.db
    .selectFrom('report_deliveries')
    .selectAll()
    .where('report_id', '=', id)
    .orderBy('asked_at', 'desc')
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    report: row.report_id,
    to: row.recipient,
    name: row.name,
    way: row.way as ReportDelivery['way'],
    sha256: row.sha256,
    state: row.state as ReportDelivery['state'],
    askedAt: row.asked_at.toISOString(),
    askedBy: row.asked_by,
    address: row.address,
    endedAt: row.ended_at?.toISOString() ?? null,
    finding: findingOfRow(row),
  }));
}
