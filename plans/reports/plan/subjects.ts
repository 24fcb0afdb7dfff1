/** Versions of plans: those in force first, then those in work; one that is over can be asked for by its id. */
import type { Work } from '../../work.ts';
import type { Subject } from '../order.ts';

const MOST = 100;

export async function planSubjects({ db }: Work, client: string, only: string | null): Promise<Subject[]> {
  let query = db
    .selectFrom('plan_versions as version')
    .innerJoin('plans as plan', (join) =>
      join.onRef('plan.id', '=', 'version.plan_id').onRef('plan.client_id', '=', 'version.client_id'),
    )
    .select(['version.id', 'version.number', 'version.state', 'plan.title', 'version.plan_title'])
    .where('version.client_id', '=', client);
  query = only
    ? query.where('version.id', '=', only)
    : query.where('version.state', 'in', ['in-force', 'approved', 'in-review', 'draft']);
  const versions = await query.orderBy('plan.title').orderBy('version.number', 'desc').limit(MOST).execute();
  return versions
    .toSorted((left, right) => Number(right.state === 'in-force') - Number(left.state === 'in-force'))
    .map(({ id, number, title, plan_title }) => ({
      id,
      name: `${plan_title ?? title} · v${number}`,
      at: null,
    }));
}
