/** Requests that start work may be sent twice by a caller who got no answer: the second is answered like the first. */
import { canonical, sha256 } from './canonical.ts';
import { conflict } from './errors.ts';
import type { Work } from './work.ts';

/** A caller who got no answer asks again within minutes; a week is generous. */
const KEPT_MS = 7 * 86_400_000;

/** Runs `work` once for this key and actor. The answer is kept with it and given again for the same request. */
export async function once<Answer>(
  work: Work,
  key: string,
  request: object,
  run: () => Promise<Answer>,
): Promise<Answer> {
  const actor = work.actor.id ?? work.actor.name;
  const request_sha256 = sha256(canonical(request));
  const { numInsertedOrUpdatedRows } = await work.db
    .insertInto('idempotency_keys')
    .values({ actor, key, request_sha256, at: work.now })
    .onConflict((known) => known.doNothing())
    .executeTakeFirstOrThrow();

  const mine = (query = work.db.selectFrom('idempotency_keys')) =>
    query.where('actor', '=', actor).where('key', '=', key);
  if (numInsertedOrUpdatedRows === 0n) {
    const known = await mine().select(['request_sha256', 'answer']).executeTakeFirstOrThrow();
    if (known.request_sha256 !== request_sha256) throw conflict('idempotency.other-request');
    return known.answer as Answer;
  }
  const answer = await run();
  await work.db
    .updateTable('idempotency_keys')
    .set({ answer: JSON.stringify(answer) })
    .where('actor', '=', actor)
    .where('key', '=', key)
    .execute();
  return answer;
}

/** Forgets the answers that nobody will ask for again. */
export async function forgetOldAnswers({ db, now }: Work): Promise<void> {
  await db
    .deleteFrom('idempotency_keys')
    .where('at', '<', new Date(now.getTime() - KEPT_MS))
    .execute();
}
