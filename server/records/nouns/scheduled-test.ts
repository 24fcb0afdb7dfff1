import { TEST_LEVELS } from '#/plans/facts.ts';
import {
  addScheduledTest,
  changeScheduledTest,
  findScheduledTest,
  findScheduledTestForChange,
  listScheduledTests,
  NewScheduledTest,
  removeScheduledTest,
  ScheduledTest,
  ScheduledTestChange,
} from '#/plans/scheduled-tests.ts';
import { noun } from '../noun.ts';
import { besidesRhythm, scheduleFields } from '../schedule-fields.ts';
import { whatBecame } from './occurrence-parts.ts';

export const scheduledTest = noun<ScheduledTest, NewScheduledTest, ScheduledTestChange>({
  name: 'scheduled-test',
  path: 'scheduled-tests',
  tab: 'tests',
  titleOf: ({ asset, level }) => `${asset.name} · ${level}`,
  fields: [
    { name: 'policy', kind: 'reference', to: 'backupPolicies', once: true },
    { name: 'level', kind: 'choice', values: TEST_LEVELS, words: 'level' },
    { name: 'budgetSeconds', kind: 'duration', optional: true },
    { name: 'budgetBytes', kind: 'bytes', optional: true },
    { name: 'agent', kind: 'reference', to: 'testingAgents', optional: true },
    ...scheduleFields(['interval', 'daily', 'weekly', 'monthly', 'cron']),
  ],
  told: [
    { name: 'nextDueAt', kind: 'moment' },
    { name: 'bytes', kind: 'bytes' },
    { name: 'seconds', kind: 'duration' },
    { name: 'price', kind: 'money' },
    { name: 'yearlyPrice', kind: 'money' },
  ],
  valuesOf: ({ expected, ...item }) => ({
    ...item,
    ...expected,
    seconds: expected.seconds && Math.ceil(expected.seconds),
  }),
  apart: ({ rhythm }) => besidesRhythm(rhythm),
  columns: ['level', 'rhythm', 'nextDueAt', 'bytes', 'seconds', 'yearlyPrice'],
  item: ScheduledTest,
  input: NewScheduledTest,
  changeInput: ScheduledTestChange,
  list: listScheduledTests,
  find: findScheduledTest,
  findForChange: findScheduledTestForChange,
  add: addScheduledTest,
  change: changeScheduledTest,
  remove: removeScheduledTest,
  right: 'protection.change',
  start: async () => ({
    level: 'L3',
    rhythm: 'monthly',
    at: ['03:00'],
    monthDays: [1],
    startWindowSeconds: 3600,
    catchUp: 'once',
  }),
  parts: (work, { id }) => whatBecame(work, 'restore-test', id, (run) => `/restore-tests/${run}`),
});
