/** How far long work is that has no attempts of its own: reports, looks into stores, expiries, proofs of others' repositories. */
import { sql } from 'kysely';
import type { RunProgress } from './run-progress.ts';
import type { Work } from './work.ts';

export const WORK_KINDS = ['report', 'reconciliation', 'expiry', 'repository-proof'] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** Which work: of a reconciliation and an expiry, their policy. */
export interface LongWork {
  client: string;
  kind: WorkKind;
  id: string;
}

export async function noteWorkProgress(
  { db, now }: Work,
  { client, kind, id }: LongWork,
  progress: RunProgress,
): Promise<void> {
  const told = { progress: JSON.stringify(progress), moved_at: now };
  await db
    .insertInto('work_progress')
    .values({ client_id: client, kind, subject_id: id, ...told })
    .onConflict((known) =>
      known.columns(['provider_id', 'client_id', 'kind', 'subject_id']).doUpdateSet(told),
    )
    .execute();
}

/** It is over, however it ended. */
export async function endWorkProgress({ db }: Work, { client, kind, id }: LongWork): Promise<void> {
  await db
    .deleteFrom('work_progress')
    .where('client_id', '=', client)
    .where('kind', '=', kind)
    .where('subject_id', '=', id)
    .execute();
}

/** For a query over the rows of such work, under an alias. */
export const progressOf = (kind: WorkKind, work: string) => sql<unknown>`(
  select far.progress from work_progress as far
  where far.client_id = ${sql.ref(`${work}.client_id`)} and far.kind = ${kind} and far.subject_id = ${sql.ref(`${work}.id`)})`;
