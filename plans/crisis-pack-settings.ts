/** Where a client's crisis packs are copied to, for how long nobody can remove them there, and whether they make themselves. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { invalid } from './errors.ts';
import { listStores } from './stores.ts';
import { Checkbox } from './text.ts';
import type { Work } from './work.ts';

const EMPTY = z.preprocess((value) => (value === '' ? null : value), z.uuid().nullable());

export const CrisisPackSettingsChange = z.object({
  store: EMPTY.default(null).describe('The second store; null: the pack is kept by this service alone'),
  holdDays: z.coerce
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(400)
    .describe('Nobody can remove a copy before that'),
  isAutomatic: Checkbox.default(false).describe('One is made whenever a plan comes into force'),
});
export type CrisisPackSettingsChange = z.infer<typeof CrisisPackSettingsChange>;

export const CrisisPackSettings = z
  .object({
    store: z.object({ id: z.uuid(), name: z.string() }).nullable(),
    holdDays: z.int(),
    isAutomatic: z.boolean(),
  })
  .meta({ id: 'CrisisPackSettings' });
export type CrisisPackSettings = z.infer<typeof CrisisPackSettings>;

/** Until somebody says otherwise, packs make themselves and stay here. */
export async function findPackSettings(work: Work, client: string): Promise<CrisisPackSettings> {
  await findClient(work, client);
  const row = await work.db
    .selectFrom('crisis_pack_settings as settings')
    .leftJoin('stores as store', (join) =>
      join.onRef('store.id', '=', 'settings.store_id').onRef('store.client_id', '=', 'settings.client_id'),
    )
    .select(['store.id', 'store.name', 'settings.hold_days', 'settings.is_automatic'])
    .where('settings.client_id', '=', client)
    .executeTakeFirst();
  if (!row) return { store: null, holdDays: 400, isAutomatic: true };
  const store = row.id && row.name ? { id: row.id, name: row.name } : null;
  return { store, holdDays: row.hold_days, isAutomatic: row.is_automatic };
}

export async function setPackSettings(
  work: Work,
  client: string,
  { store, holdDays, isAutomatic }: CrisisPackSettingsChange,
): Promise<CrisisPackSettings> {
  allow(work, 'protection.change');
  await findClient(work, client);
  if (store && !(await listStores(work, client)).some(({ id }) => id === store))
    throw invalid('store', 'crisis-pack.no-such-store');
  const told = { store_id: store, hold_days: holdDays, is_automatic: isAutomatic, changed_at: work.now };
  await work.db
    .insertInto('crisis_pack_settings')
    .values({ client_id: client, ...told })
    .onConflict((known) => known.columns(['provider_id', 'client_id']).doUpdateSet(told))
    .execute();
  await record(
    work,
    'crisis-pack.settings',
    { kind: 'client', id: client, client },
    { store, holdDays, isAutomatic },
  );
  return findPackSettings(work, client);
}
