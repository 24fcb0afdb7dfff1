/** How another tool comes in: before a provider is known, in a transaction that sees only the source that was shown. */
import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';
import type { Actor, Work } from '../work.ts';

export interface ClaimSourceAtDoor {
  id: string;
  provider: string;
  client: string;
  name: string;
}

/** The source whose token or id was shown; null when there is none, or nothing may be told to it. */
export async function findClaimSourceAtDoor(
  door: Transaction<Tables>,
  shown: { hash: string } | { id: string },
): Promise<ClaimSourceAtDoor | null> {
  const row = await door
    .selectFrom('claim_sources')
    .select(['id', 'provider_id', 'client_id', 'name'])
    .where((where) => ('hash' in shown ? where('token_hash', '=', shown.hash) : where('id', '=', shown.id)))
    .where('token_hash', 'is not', null)
    .executeTakeFirst();
  return row ? { id: row.id, provider: row.provider_id, client: row.client_id, name: row.name } : null;
}

/** As whom it speaks: the service writes down what it says, and lets it do nothing else. */
export const speakAs = ({ name }: Pick<ClaimSourceAtDoor, 'name'>): Actor => ({
  kind: 'service',
  id: null,
  name,
  role: 'service',
  scopes: ['run'],
});

/** The key that its webhook is signed with, still sealed; null when the source is gone or has none. */
export async function findClaimKey({ db }: Pick<Work, 'db'>, id: string) {
  const row = await db
    .selectFrom('claim_sources')
    .select(['client_id', 'sealed_key'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.sealed_key ? { client: row.client_id, sealedKey: row.sealed_key } : null;
}
