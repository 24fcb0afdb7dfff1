/** Activities that are parts of others. */
import { conflict, invalid, notFound } from './errors.ts';
import type { Work } from './work.ts';

const MOST_ROWS = 100_000;

/** The parent is one of the client's, and stays until this work has ended. */
export async function refuseUnknownParent({ db }: Work, client: string, parent: string | null) {
  if (parent === null) return;
  const found = await db
    .selectFrom('activities')
    .select('id')
    .where('client_id', '=', client)
    .where('id', '=', parent)
    .forKeyShare()
    .executeTakeFirst();
  if (!found) throw notFound('activity');
}

/** Nothing is a part of itself, over however many others. */
export async function refuseCircle(
  work: Work,
  { id, client, name }: { id: string; client: string; name: string },
  parent: string | null,
) {
  await takeTurn(work, client);
  await refuseUnknownParent(work, client, parent);
  const rows = await work.db
    .selectFrom('activities')
    .select(['id', 'name', 'parent_id'])
    .where('client_id', '=', client)
    .limit(MOST_ROWS)
    .execute();
  const all = new Map(rows.map((row) => [row.id, row]));
  for (let next = parent; next !== null; next = all.get(next)?.parent_id ?? null)
    if (next === id)
      throw invalid('parent', 'activity.parent-circle', { name, parent: all.get(parent!)!.name });
}

export async function refuseWhileItHasParts({ db }: Work, { id, name }: { id: string; name: string }) {
  const { count } = await db
    .selectFrom('activities')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('parent_id', '=', id)
    .executeTakeFirstOrThrow();
  if (count > 0) throw conflict('activity.has-parts', { name, count });
}

/** Of a client, one such change comes after the other: two at once could close a circle that neither sees. */
const takeTurn = ({ db }: Work, client: string) =>
  db.selectFrom('clients').select('client_id').where('client_id', '=', client).forNoKeyUpdate().execute();
