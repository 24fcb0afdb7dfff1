import type { Work } from './work.ts';

/** The agent that makes the backups of a policy; null where workers do. */
export async function findAgentOf({ db }: Pick<Work, 'db'>, policy: string): Promise<string | null> {
  const row = await db
    .selectFrom('backup_policies')
    .select('agent_id')
    .where('id', '=', policy)
    .executeTakeFirst();
  return row?.agent_id ?? null;
}

/** The job that a run of a policy waits in. */
export const jobOfRun = async (work: Pick<Work, 'db'>, policy: string) =>
  (await findAgentOf(work, policy)) === null ? 'run-backup' : 'offer-order';
