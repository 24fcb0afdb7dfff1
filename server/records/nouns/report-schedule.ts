import { WAYS } from '#/plans/reports/delivery/recipients.ts';
import {
  addReportSchedule,
  changeReportSchedule,
  findReportSchedule,
  findReportScheduleForChange,
  listReportSchedules,
  NewReportSchedule,
  OCCASIONS,
  REPORT,
  ReportSchedule,
  removeReportSchedule,
  SCHEDULED_KINDS,
} from '#/plans/reports/delivery/report-schedules.ts';
import { listReportRuns, type ReportRun } from '#/plans/reports/delivery/scheduled.ts';
import { LOCALES } from '#/plans/reports/head.ts';
import type { Work } from '#/plans/work.ts';
import { type Notice, noun, type SubList } from '../noun.ts';
import { whatBecame } from './occurrence-parts.ts';

const WAY = { name: 'way', kind: 'choice', values: WAYS, words: 'report-way' } as const;
const RUN_STATES = ['waiting', 'made', 'made-released', 'failed'] as const;

export const reportSchedule = noun<ReportSchedule, NewReportSchedule>({
  name: 'report-schedule',
  path: 'report-schedules',
  tab: 'reports',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 120 },
    { name: 'kind', kind: 'choice', values: SCHEDULED_KINDS, words: 'report-kind' },
    { name: 'locale', kind: 'choice', values: LOCALES, words: 'locale' },
    { name: 'occasion', kind: 'choice', values: OCCASIONS, words: 'report-occasion' },
    { name: 'day', kind: 'number', optional: true },
    { name: 'at', kind: 'line', max: 5, optional: true },
    { name: 'isReleased', kind: 'tick' },
    { name: 'recipients', kind: 'rows', fields: [{ name: 'to', kind: 'reference', to: 'readers' }, WAY] },
  ],
  told: [
    { name: 'sentTo', kind: 'rows', fields: [{ name: 'name', kind: 'line' }, WAY] },
    { name: 'nextDueAt', kind: 'moment' },
  ],
  apart: ({ occasion }) => ['recipients', ...(isByCalendar({ occasion }) ? [] : ['day', 'at', 'nextDueAt'])],
  columns: ['kind', 'occasion', 'nextDueAt', 'isReleased', 'sentTo'],
  item: ReportSchedule,
  input: NewReportSchedule,
  list: listReportSchedules,
  find: findReportSchedule,
  findForChange: findReportScheduleForChange,
  add: addReportSchedule,
  change: changeReportSchedule,
  remove: removeReportSchedule,
  right: 'report.release',
  start: async () => ({ kind: 'readiness', occasion: 'monthly', day: 1, at: '07:00', isReleased: true }),
  notices: async (_work, { recipients }) => (recipients.length === 0 ? [NOBODY] : []),
  parts: async (work, { id, occasion }) => [
    ...(isByCalendar({ occasion }) ? await whatBecame(work, REPORT, id, () => null) : []),
    await made(work, id),
  ],
});

const NOBODY: Notice = { kind: 'plain', reason: { key: 'report-schedule.nobody', params: {} } };

const isByCalendar = ({ occasion }: Pick<ReportSchedule, 'occasion'>) =>
  occasion === 'monthly' || occasion === 'quarterly';

async function made(work: Work, id: string): Promise<SubList> {
  const runs = await listReportRuns(work, id);
  return {
    name: 'report-run',
    columns: [
      { name: 'dueAt', kind: 'moment' },
      { name: 'reference', kind: 'line' },
      {
        name: 'state',
        kind: 'choice',
        values: RUN_STATES,
        words: 'report-run-state',
        tones: { failed: 'danger', waiting: 'moving', made: 'open' },
      },
    ],
    rows: runs.map((run) => ({
      href: run.report && `/reports/${run.report.id}`,
      values: {
        dueAt: run.dueAt.toISOString(),
        reference: run.report?.reference ?? null,
        state: stateOf(run),
      },
    })),
  };
}

function stateOf({ report, finding }: ReportRun): (typeof RUN_STATES)[number] {
  if (finding || report?.state === 'failed') return 'failed';
  if (report?.state !== 'done') return 'waiting';
  return report.releasedAt === null ? 'made' : 'made-released';
}
