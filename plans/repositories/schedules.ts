/** What recurs of a repository by itself: its list is read, or its newest snapshot proved. */
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound } from '../errors.ts';
import { nextDueTimes } from '../schedules/due-times.ts';
import { RhythmShape, rhythmOf, rulesFrom } from '../schedules/rhythm.ts';
import { keepSchedule, presentSchedule } from '../schedules/schedules.ts';
import type { Work } from '../work.ts';
import { findRepository } from './repositories.ts';
import { PURPOSE_OF, RECURS, type Recurs } from './usual-schedules.ts';

/** Neither has an objective of its own to go by. */
const RHYTHMS = ['interval', 'daily', 'weekly', 'monthly', 'cron'] as const;

export const RepositoryScheduleChange = z.object(RhythmShape);
export type RepositoryScheduleChange = z.infer<typeof RepositoryScheduleChange>;
export const NewRepositorySchedule = z.object({
  repository: z.uuid(),
  what: z
    .enum(RECURS)
    .describe('`look`: its tool is asked for its list; `proof`: its newest snapshot is restored'),
  ...RhythmShape,
});
export type NewRepositorySchedule = z.infer<typeof NewRepositorySchedule>;

export const RepositorySchedule = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    ...NewRepositorySchedule.shape,
    repositoryName: z.string(),
    nextDueAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RepositorySchedule' });
export type RepositorySchedule = z.infer<typeof RepositorySchedule>;

export async function addRepositorySchedule(
  work: Work,
  client: string,
  { repository, what, ...rhythm }: NewRepositorySchedule,
): Promise<RepositorySchedule> {
  allow(work, 'protection.change');
  const of = await findRepository(work, repository);
  if (of.client !== client) throw invalid('repository', 'not-found.repository');
  const rules = rulesFrom(rhythm, RHYTHMS);
  const added = await work.db
    .insertInto('repository_schedules')
    .values({ client_id: client, repository_id: repository, what, created_at: work.now })
    .onConflict((taken) => taken.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!added) throw conflict('repository-schedule.second', { name: of.name });
  const { id } = added;
  await keepSchedule(work, { client, purpose: PURPOSE_OF[what], subject: id }, rules);
  await record(
    work,
    'repository-schedule.added',
    { kind: 'repository-schedule', id, client },
    { repository: of.name, what, ...rhythm },
  );
  return findRepositorySchedule(work, id);
}

export async function changeRepositorySchedule(
  work: Work,
  id: string,
  rhythm: RepositoryScheduleChange,
): Promise<RepositorySchedule> {
  allow(work, 'protection.change');
  const before = await findRepositoryScheduleForChange(work, id);
  const { client, what } = before;
  await keepSchedule(work, { client, purpose: PURPOSE_OF[what], subject: id }, rulesFrom(rhythm, RHYTHMS));
  const subject = { kind: 'repository-schedule', id, client };
  await record(work, 'repository-schedule.changed', subject, { before, after: rhythm });
  return findRepositorySchedule(work, id);
}

/** It recurs no more; what it did stays. */
export async function removeRepositorySchedule(work: Work, id: string): Promise<RepositorySchedule> {
  allow(work, 'protection.change');
  const before = await findRepositoryScheduleForChange(work, id);
  await work.db.deleteFrom('schedules').where('subject_id', '=', id).execute();
  await work.db.deleteFrom('repository_schedules').where('id', '=', id).execute();
  const subject = { kind: 'repository-schedule', id, client: before.client };
  await record(work, 'repository-schedule.removed', subject, { before });
  return before;
}

export async function findRepositorySchedule(work: Work, id: string): Promise<RepositorySchedule> {
  allow(work, 'protection.read');
  const row = await select(work).where('recurring.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('repository-schedule');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findRepositoryScheduleForChange(work: Work, id: string): Promise<RepositorySchedule> {
  await work.db.selectFrom('repository_schedules').select('id').where('id', '=', id).forUpdate().execute();
  return findRepositorySchedule(work, id);
}

export async function listRepositorySchedules(work: Work, client: string): Promise<RepositorySchedule[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await select(work)
    .where('recurring.client_id', '=', client)
    .orderBy('repository.name')
    .orderBy('recurring.what')
    .limit(2000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

const select = ({ db }: Work) =>
  db
    .selectFrom('repository_schedules as recurring')
    .innerJoin('repositories as repository', (join) =>
      join
        .onRef('repository.id', '=', 'recurring.repository_id')
        .onRef('repository.client_id', '=', 'recurring.client_id'),
    )
    .innerJoin('clients as client', 'client.client_id', 'recurring.client_id')
    .innerJoin('schedules as schedule', (join) =>
      join
        .onRef('schedule.subject_id', '=', 'recurring.id')
        .onRef('schedule.client_id', '=', 'recurring.client_id'),
    )
    .selectAll('schedule')
    .select(['recurring.id as recurring_id', 'recurring.repository_id', 'recurring.what'])
    .select(['repository.name as repository_name', 'client.time_zone']);

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): RepositorySchedule {
  const { cadence, startWindowSeconds, completionWindowSeconds, catchUp } = presentSchedule(row);
  const place = { zone: row.time_zone, id: row.recurring_id, after: now };
  const next = cadence.kind === 'objective' ? null : nextDueTimes(cadence, place, 1)[0];
  return {
    ...rhythmOf({ cadence, startWindowSeconds, completionWindowSeconds, catchUp }),
    id: row.recurring_id,
    client: row.client_id,
    repository: row.repository_id,
    repositoryName: row.repository_name,
    what: row.what as Recurs,
    nextDueAt: next?.toISOString() ?? null,
  };
}
