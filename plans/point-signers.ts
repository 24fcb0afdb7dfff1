/** Whose signature on a recovery point is taken: the provider's, and that of the client's agents. */
import { listPublicKeys } from './keys.ts';
import type { Work } from './work.ts';

/**
 * `isOnRecord`: of points that were remembered with their hash. Those of an agent that was revoked since are as good as they were;
 * a point that only turns up later could have been made by whoever took its key.
 */
export async function listPointSigners(
  work: Pick<Work, 'db'>,
  client: string,
  { isOnRecord }: { isOnRecord: boolean },
): Promise<string[]> {
  let agents = work.db
    .selectFrom('agents')
    .select('signing_key')
    .where('client_id', '=', client)
    .where('signing_key', 'is not', null);
  if (!isOnRecord) agents = agents.where('revoked_at', 'is', null);
  const rows = await agents.orderBy('id').limit(1000).execute();
  return [...(await listPublicKeys(work, 'point-signing')), ...rows.map(({ signing_key }) => signing_key!)];
}
