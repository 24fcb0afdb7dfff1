/** What a backup should find where it reads and writes: nothing at all means a disk that is not mounted. */
import type { BackupPolicy } from './backup-policies.ts';
import { isThere } from './point-losses.ts';
import type { Work } from './work.ts';

/** Whether any point on record lies in a store, of whatever asset. */
export async function holdsPoints({ db }: Work, store: string): Promise<boolean> {
  const point = await db
    .selectFrom('recovery_points')
    .select('id')
    .where('store_id', '=', store)
    .where(isThere('recovery_points'))
    .limit(1)
    .executeTakeFirst();
  return point !== undefined;
}

/** Whether the newest point of a policy holds any file. */
export async function hadFiles({ db }: Work, { asset, store }: BackupPolicy): Promise<boolean> {
  const last = await db
    .selectFrom('recovery_points')
    .select('files')
    .where('asset_id', '=', asset.id)
    .where('store_id', '=', store.id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last !== undefined && last.files > 0;
}
