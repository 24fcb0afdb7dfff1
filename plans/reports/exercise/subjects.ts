/** Exercises that ended or were called off. */
import type { Work } from '../../work.ts';
import type { Subject } from '../order.ts';

const MOST = 100;

export async function exerciseSubjects(
  { db }: Work,
  client: string,
  only: string | null,
): Promise<Subject[]> {
  let query = db
    .selectFrom('exercises')
    .select(['id', 'title', 'planned_on'])
    .where('client_id', '=', client)
    .where('state', 'in', ['done', 'called-off']);
  if (only) query = query.where('id', '=', only);
  const rows = await query.orderBy('planned_on', 'desc').orderBy('id').limit(MOST).execute();
  return rows.map(({ id, title, planned_on }) => ({ id, name: title, at: `${planned_on}T12:00:00.000Z` }));
}
