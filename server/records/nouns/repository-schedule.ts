import {
  addRepositorySchedule,
  changeRepositorySchedule,
  findRepositorySchedule,
  findRepositoryScheduleForChange,
  listRepositorySchedules,
  NewRepositorySchedule,
  RepositorySchedule,
  RepositoryScheduleChange,
  removeRepositorySchedule,
} from '#/plans/repositories/schedules.ts';
import { PURPOSE_OF, RECURS } from '#/plans/repositories/usual-schedules.ts';
import { noun } from '../noun.ts';
import { besidesRhythm, scheduleFields } from '../schedule-fields.ts';
import { whatBecame } from './occurrence-parts.ts';

export const repositorySchedule = noun<RepositorySchedule, NewRepositorySchedule, RepositoryScheduleChange>({
  name: 'repository-schedule',
  path: 'repository-schedules',
  tab: 'protection',
  titleOf: ({ repositoryName }) => repositoryName,
  fields: [
    { name: 'repository', kind: 'reference', to: 'repositories', once: true },
    { name: 'what', kind: 'choice', values: RECURS, words: 'repository-recurs', once: true },
    ...scheduleFields(['interval', 'daily', 'weekly', 'monthly', 'cron']),
  ],
  told: [{ name: 'nextDueAt', kind: 'moment' }],
  apart: ({ rhythm }) => besidesRhythm(rhythm),
  columns: ['what', 'rhythm', 'nextDueAt'],
  item: RepositorySchedule,
  input: NewRepositorySchedule,
  changeInput: RepositoryScheduleChange,
  list: listRepositorySchedules,
  find: findRepositorySchedule,
  findForChange: findRepositoryScheduleForChange,
  add: addRepositorySchedule,
  change: changeRepositorySchedule,
  remove: removeRepositorySchedule,
  right: 'protection.change',
  start: async () => ({
    what: 'proof',
    rhythm: 'monthly',
    at: ['02:00'],
    monthDays: [1],
    startWindowSeconds: 3600,
    catchUp: 'once',
  }),
  parts: (work, { id, what, repository }) =>
    whatBecame(work, PURPOSE_OF[what], id, (run) =>
      what === 'proof' ? `/repository-proofs/${run}` : `/repositories/${repository}`,
    ),
});
