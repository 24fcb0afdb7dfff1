import { z } from 'zod';
import { finding } from '#/plans/findings.ts';
import { failReportRun, takeReport } from '#/plans/reports/delivery/scheduled.ts';
import { job } from './job.ts';

/** Takes the snapshot of a report that is due. */
export const takeReportJob = job({
  name: 'take-report',
  payload: z.object({ run: z.uuid() }),
  retries: 3,
  longestSeconds: 300,
  atOnce: 1,

  run: ({ run }, provider, { inProvider, versions }) =>
    inProvider(provider, (work) => takeReport(work, run, versions)),

  giveUp: ({ run }, provider, { inProvider }) =>
    inProvider(provider, (work) =>
      failReportRun(
        work,
        run,
        finding(
          'report.not-taken',
          'The data of the report could not be gathered. The cause is in the service log.',
        ),
      ),
    ),
});
