/** What a record names must be its client's own: row security lets a provider's staff see all clients. */
import { notFound } from './errors.ts';
import type { Work } from './work.ts';

const TABLES = {
  activity: 'activities',
  asset: 'assets',
  contact: 'contacts',
  'crisis-role': 'crisis_roles',
  scenario: 'risk_scenarios',
} as const;

/** Refuses ids of another client, or of nothing. */
export async function refuseForeign(
  { db }: Work,
  client: string,
  kind: keyof typeof TABLES,
  ids: readonly (string | null)[],
): Promise<void> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return;
  const { count } = await db
    .selectFrom(TABLES[kind])
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('client_id', '=', client)
    .where('id', 'in', wanted)
    .executeTakeFirstOrThrow();
  if (count !== wanted.length) throw notFound(kind);
}
