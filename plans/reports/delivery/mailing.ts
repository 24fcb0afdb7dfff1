/** A delivery on its way: sending comes before its note, so whoever dies between them sends again, under the same id. */

import { allow } from '../../access.ts';
import type { Sent } from '../../alerts/messages.ts';
import { record } from '../../audit.ts';
import { findClient } from '../../clients.ts';
import { type Finding, finding, findingColumns, findingOfRow } from '../../findings.ts';
import { providerName } from '../../providers.ts';
import type { Work } from '../../work.ts';
import { findReport, type Report } from '../reports.ts';
import { type Reached, type ReportRecipient, reachRecipient, type Trouble } from './recipients.ts';

/** Relays take no larger mails; base64 adds a third. */
const MOST_ATTACHED_BYTES = 14_000_000;

export interface Mailing {
  report: Report;
  client: string;
  provider: string;
  to: Reached;
  /** Where the file lies that goes with it; null: a link does. */
  file: { key: string; name: string; sha256: string } | null;
}

/** What has to be sent; null when that is settled, or cannot be. */
export async function openMailing(work: Work, id: string): Promise<Mailing | null> {
  const row = await work.db
    .selectFrom('report_deliveries as delivery')
    .innerJoin('reports as report', 'report.id', 'delivery.report_id')
    .selectAll('delivery')
    .select('report.object_key')
    .where('delivery.id', '=', id)
    .where('delivery.state', '=', 'waiting')
    .executeTakeFirst();
  if (!row) return null;
  const report = await findReport(work, row.report_id);
  const way = row.way as ReportRecipient['way'];
  const reach = await reachRecipient(work, row.client_id, { to: row.recipient, way });
  const trouble = typeof reach === 'string' ? troubles[reach] : troubleOfFile(report, way);
  if (trouble || typeof reach === 'string') {
    await endMailing(work, id, { isAccepted: false, answer: null, isFinal: true, finding: trouble! }, null);
    return null;
  }
  const file =
    way === 'file' && row.object_key !== null
      ? { key: row.object_key, name: `${report.reference}.pdf`, sha256: row.sha256 }
      : null;
  const { name: client } = await findClient(work, row.client_id);
  return { report, client, provider: await providerName(work), to: reach, file };
}

/** Writes down what came of a try: refused for now, it waits for the next. */
export async function endMailing(work: Work, id: string, sent: Sent, address: string | null): Promise<void> {
  allow(work, 'work.finish');
  const isOver = sent.isAccepted || sent.isFinal;
  const row = await work.db
    .updateTable('report_deliveries')
    .set({
      answer: sent.answer?.slice(0, 2000) ?? null,
      ...findingColumns(sent.isAccepted ? null : sent.finding),
      ...(isOver ? { state: sent.isAccepted ? 'sent' : 'failed', ended_at: work.now, address } : {}),
    })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .returning(['client_id', 'report_id', 'name', 'recipient', 'way', 'sha256'])
    .executeTakeFirst();
  if (!row || !isOver) return;
  await record(
    work,
    sent.isAccepted ? 'report.delivered' : 'report.undelivered',
    { kind: 'report', id: row.report_id, client: row.client_id },
    {
      to: row.recipient,
      name: row.name,
      way: row.way,
      sha256: row.sha256,
      ...(sent.isAccepted ? {} : { finding: sent.finding }),
    },
  );
}

/** Every try is used up: what the last one came to stays. */
export async function giveUpMailing(work: Work, id: string): Promise<void> {
  const row = await work.db
    .selectFrom('report_deliveries')
    .select(['finding', 'finding_code', 'finding_params'])
    .where('id', '=', id)
    .executeTakeFirst();
  const found =
    (row && findingOfRow(row)) ??
    finding(
      'report-delivery.not-sent',
      'The mail could not be handed over. The cause is in the service log.',
    );
  await endMailing(work, id, { isAccepted: false, answer: null, isFinal: true, finding: found }, null);
}

const troubles: Record<Trouble, Finding> = {
  'report-recipient.gone': finding('report-recipient.gone', 'They are not there any more.'),
  'report-recipient.no-mail': finding('report-recipient.no-mail', 'They have no mail address.'),
  'report-recipient.no-sight': finding('report-recipient.no-sight', 'They may not see this client.'),
  'report-recipient.no-sign-in': finding('report-recipient.no-sign-in', 'They cannot sign in.'),
};

function troubleOfFile({ fileRemovedAt, bytes }: Report, way: ReportRecipient['way']): Finding | null {
  if (fileRemovedAt !== null)
    return finding('report-delivery.file-removed', 'The file was removed when its time was over.');
  if (way === 'file' && (bytes ?? 0) > MOST_ATTACHED_BYTES)
    return finding('report-delivery.too-large', 'The file is too large for a mail.');
  return null;
}
