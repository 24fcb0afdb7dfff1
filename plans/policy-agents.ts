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
