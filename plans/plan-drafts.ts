/** What everything that happens to a version goes through: nobody else changes it meanwhile, and who wrote is remembered. */
import { sql } from 'kysely';
import { allow } from './access.ts';
import { conflict, notFound } from './errors.ts';
import { findPlanForChange, type Plan } from './plans.ts';
import type { Work } from './work.ts';

/** A version and its plan: whoever decides on a plan's versions does so one after the other. */
export async function lockVersion(work: Work, id: string) {
  const row = await work.db
    .selectFrom('plan_versions')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('plan-version');
  return { row, plan: await findPlanForChange(work, row.plan_id) };
}

export interface Draft {
  id: string;
  number: number;
  plan: Plan;
  client: string;
}

/** A version that somebody is about to write in. Only a draft is written in. */
export async function lockDraft(work: Work, id: string): Promise<Draft> {
  allow(work, 'plan.change');
  const { row, plan } = await lockVersion(work, id);
  if (row.state !== 'draft') throw conflict('plan-version.frozen');
  return { id, number: row.number, plan, client: plan.client };
}

/** Somebody wrote in it: they are one of its authors from now on. */
export async function signDraft(
  { db, actor, provider, now }: Work,
  { id }: Pick<Draft, 'id'>,
): Promise<void> {
  const author = actor.id ?? provider;
  await db
    .updateTable('plan_versions')
    .set({
      changed_at: now,
      written_by: sql<
        string[]
      >`case when ${author} = any (written_by) then written_by else array_append(written_by, ${author}) end`,
    })
    .where('id', '=', id)
    .execute();
}
