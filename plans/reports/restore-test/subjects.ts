/** Restore tests that ended: each can have its certificate, whatever it came to. */
import type { Work } from '../../work.ts';
import type { Subject } from '../order.ts';

const MOST = 100;

export async function restoreTestSubjects(
  work: Work,
  client: string,
  only: string | null,
): Promise<Subject[]> {
  let query = work.db
    .selectFrom('restore_tests as test')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.id', '=', 'test.asset_id').onRef('asset.client_id', '=', 'test.client_id'),
    )
    .select(['test.id', 'test.finished_at', 'asset.name'])
    .where('test.client_id', '=', client)
    .where('test.state', 'in', ['passed', 'failed', 'inconclusive'])
    .where('test.finished_at', 'is not', null);
  if (only) query = query.where('test.id', '=', only);
  const tests = await query.orderBy('test.finished_at', 'desc').orderBy('test.id').limit(MOST).execute();
  return tests.map(({ id, name, finished_at }) => ({ id, name, at: finished_at?.toISOString() ?? null }));
}
