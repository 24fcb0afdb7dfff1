/** What writes left that broke off. It is no object and no head can cite it, yet it takes up room and is paid for. */
import { UNFINISHED } from '../../stores/keys.ts';
import { type Leftover, type Store, StoreError } from '../../stores/store.ts';
import type { Finding } from '../finding-codes.ts';
import { kindOfKey } from '../layout.ts';

/** No write of a backup goes on for so long. */
export const UPLOAD_GRACE_DAYS = 2;

/** Of an asset, the oldest first. Null, and why, where our account may not see them. */
export async function listBrokenUploads(
  store: Store,
  asset: string,
  before: Date,
): Promise<{ uploads: Leftover[]; unknown: null } | { uploads: null; unknown: Finding }> {
  try {
    const all = await Array.fromAsync(store.leftovers(before, `${asset}/`));
    const uploads = all.filter(({ key }) => isOfAsset(asset, key));
    return { uploads: uploads.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime()), unknown: null };
  } catch (error) {
    if (!(error instanceof StoreError) || !['refused', 'denied'].includes(error.fault)) throw error;
    return { uploads: null, unknown: { ...error.because, message: error.message } };
  }
}

/** A folder gives them names of its own. In a bucket others may upload as well: what has no name of ours is theirs. */
export function isOfAsset(asset: string, key: string): boolean {
  if (!key.startsWith(`${asset}/`)) return false;
  return key.startsWith(UNFINISHED, key.lastIndexOf('/') + 1) || kindOfKey(asset, key) !== null;
}
