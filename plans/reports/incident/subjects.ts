/** Incidents, the newest first: a report can be made before one is closed, and says so. */
import type { Work } from '../../work.ts';
import type { Subject } from '../order.ts';

const MOST = 100;

export async function incidentSubjects(
  { db }: Work,
  client: string,
  only: string | null,
): Promise<Subject[]> {
  let query = db
    .selectFrom('incidents')
    .select(['id', 'title', 'detected_at'])
    .where('client_id', '=', client);
  if (only) query = query.where('id', '=', only);
  const rows = await query.orderBy('detected_at', 'desc').orderBy('id').limit(MOST).execute();
  return rows.map(({ id, title, detected_at }) => ({ id, name: title, at: detected_at.toISOString() }));
}
