import { z } from 'zod';
import { sha256 } from '#/plans/canonical.ts';
import { endMailing, giveUpMailing, type Mailing, openMailing } from '#/plans/reports/delivery/mailing.ts';
import { job, type Tools } from './job.ts';

/** Mails a report to one recipient: a link to it, or the file itself. */
export const mailReport = job({
  name: 'mail-report',
  payload: z.object({ delivery: z.uuid() }),
  retries: 5,
  longestSeconds: 120,
  atOnce: 2,

  async run({ delivery }, provider, { inProvider, sendLetter, documents }) {
    const mailing = await inProvider(provider, (work) => openMailing(work, delivery));
    if (!mailing) return;
    const { report, client, to, file } = mailing;
    const sent = await sendLetter({
      kind: file ? 'report-file' : 'report-link',
      id: `report-${delivery}`,
      to: { name: to.name, address: to.mail },
      locale: to.locale,
      path: file ? null : `/reports/${report.id}`,
      params: {
        name: to.name,
        client,
        provider: mailing.provider,
        reference: report.reference,
        sha256: report.sha256 ?? '',
      },
      words: { document: `report-kind.${report.kind}` },
      ...(file ? { attached: { name: file.name, content: await contentOf(file, documents) } } : {}),
    });
    await inProvider(provider, (work) => endMailing(work, delivery, sent, to.mail));
    if (!sent.isAccepted && !sent.isFinal) throw new Error(sent.finding.message);
  },

  giveUp: ({ delivery }, provider, { inProvider }) =>
    inProvider(provider, (work) => giveUpMailing(work, delivery)),
});

/** What goes out is the file on record, or nothing. */
async function contentOf(
  { key, sha256: recorded }: NonNullable<Mailing['file']>,
  documents: Tools['documents'],
) {
  const content = await documents.get(key);
  if (sha256(content) !== recorded)
    throw new Error(`The stored report ${key} is not the one that was recorded.`);
  return content;
}
