/** Recovery keys of clients, and who was seen to open something with them. */
import { sql } from 'kysely';
import type { RecoveryKeyFacts } from '../facts.ts';
import { dueAfter } from '../key-holders.ts';
import { isThere } from '../point-losses.ts';
import type { Work } from '../work.ts';
import { byClient, hasLeft } from './rows.ts';

/** A retired key is asked for as long as there are points that only it opens. */
const IS_NEEDED = sql<boolean>`(key.retired_at is null or exists (
  select from recovery_points as point
  where point.client_id = key.client_id and key.fingerprint = any(point.sealed_to)
    and ${isThere('point')}))`;

export async function loadRecoveryKeys(work: Work, ids: string[]) {
  const holders = Map.groupBy(await loadHolders(work, ids), ({ key_id }) => key_id);
  const rows = await work.db
    .selectFrom('client_keys as key')
    .select(['client_id', 'id', 'fingerprint'])
    .where('client_id', 'in', ids)
    .where('purpose', '=', 'recovery')
    .where(IS_NEEDED)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(100_000)
    .execute();
  return byClient(
    rows,
    ({ id, fingerprint }): RecoveryKeyFacts => ({
      id,
      fingerprint,
      holders: (holders.get(id) ?? []).map(
        ({ id: holder, contact_id, name, has_left, opened_at, key_drill_days }) => ({
          id: holder,
          contact: contact_id,
          name,
          hasLeft: has_left,
          openedAt: opened_at?.toISOString() ?? null,
          dueAt: opened_at && dueAfter(opened_at, key_drill_days).toISOString(),
        }),
      ),
    }),
  );
}

const loadHolders = ({ db, now }: Work, ids: string[]) =>
  db
    .selectFrom('key_holders as holder')
    .innerJoin('contacts as contact', (join) =>
      join.onRef('contact.client_id', '=', 'holder.client_id').onRef('contact.id', '=', 'holder.contact_id'),
    )
    .innerJoin('clients as client', (join) => join.onRef('client.client_id', '=', 'holder.client_id'))
    .select(['holder.id', 'holder.key_id', 'holder.contact_id', 'client.key_drill_days'])
    .select('contact.name')
    .select(hasLeft('contact.left_on', now).as('has_left'))
    .select(({ selectFrom }) =>
      selectFrom('key_drills as drill')
        .select(({ fn }) => fn.max('drill.opened_at').as('opened_at'))
        .whereRef('drill.client_id', '=', 'holder.client_id')
        .whereRef('drill.holder_id', '=', 'holder.id')
        .as('opened_at'),
    )
    .where('holder.client_id', 'in', ids)
    .where('holder.ended_at', 'is', null)
    .orderBy('contact.name')
    .orderBy('holder.id')
    .limit(100_000)
    .execute();
