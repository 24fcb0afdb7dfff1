import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { failReport, finishReport, startReport } from '#/plans/reports/making.ts';
import type { Amounts } from '#/plans/throughput.ts';
import { notDrawable } from './drawing-error.ts';
import { job } from './job.ts';
import { tellingProgress } from './telling-progress.ts';

/** Draws a report from its snapshot, seals it, and puts it where people download it. */
export const makeReport = job({
  name: 'make-report',
  payload: z.object({ reportId: z.uuid() }),
  retries: 3,
  longestSeconds: 900,
  atOnce: 1,

  async run({ reportId }, provider, { inProvider, open, makeReport, documents }) {
    const plan = await inProvider(provider, (work) => startReport(work, reportId));
    if (!plan) return;

    const sealingKey = open(provider, 'report-sealing', plan.sealedKey);
    const draw = async (tell: (amounts: Amounts) => void) => {
      const { snapshot, certificates } = plan;
      const made = await makeReport({ provider, snapshot, sealingKey, certificates }).catch(notDrawable);
      if ('code' in made) return inProvider(provider, (work) => failReport(work, reportId, made));
      const { pdf, sha256, pages } = made;
      tell({ phase: 'file', files: 0, bytes: pdf.length, totalBytes: pdf.length });
      // Named by content: a second try that draws the file again never writes over one whose hash is on record.
      const key = `${provider}/${plan.client ?? 'portfolio'}/${plan.reference}-${sha256.slice(0, 16)}.pdf`;
      await documents.put(key, pdf);
      await inProvider(provider, (work) =>
        finishReport(work, reportId, { key, sha256, pages, bytes: pdf.length }),
      );
    };
    if (plan.client === null) return draw(() => {});
    const long = { client: plan.client, kind: 'report' as const, id: reportId };
    await tellingProgress(long, 'draw', provider, { inProvider }, draw);
  },

  giveUp: ({ reportId }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failReport(
        work,
        reportId,
        finding('report.not-drawn', 'The report could not be drawn. The cause is in the service log.'),
      ),
    ),
});
