/** For figures that depend on clients which the asker does not see. What is told of those is up to the domain. */
import { sql } from 'kysely';
import type { ClientScope, Work } from '#/plans/work.ts';

/**
 * Lets a piece of work see all clients of its provider, in the same transaction and no longer: row security compares the
 * scope with every row, and never lets another provider's through.
 */
export async function seeingEveryClient<Result>(
  work: Work,
  run: (everything: Work) => Promise<Result>,
): Promise<Result> {
  if (work.clients === 'all') return run(work);
  await setScope(work, 'all');
  try {
    return await run({ ...work, clients: 'all' });
  } finally {
    // A statement that failed ended the transaction: then nothing more is seen anyway.
    await setScope(work, work.clients).catch(() => undefined);
  }
}

const setScope = ({ db }: Work, clients: ClientScope) =>
  sql`select set_config('app.client_scope', ${clients === 'all' ? 'all' : clients.join(',')}, true)`.execute(
    db,
  );
