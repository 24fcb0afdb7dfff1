/** Stores: where a client's recovery points lie. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { isWithin } from './places.ts';
import { type ProbeColumns, presentProbe, StoreProbe } from './store-probes.ts';
import { Checkbox, Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const NewStore = z.object({
  name: Line(200),
  address: Line(1000).describe('`file:///folder` or `s3://bucket/prefix?endpoint=…&region=…`'),
  accessKeyId: OptionalLine(200).default(null),
  secretAccessKey: OptionalLine(200).default(null),
  isOffsite: Checkbox.default(false).describe(
    'Said by a person: another site and another account than the source',
  ),
});
export type NewStore = z.infer<typeof NewStore>;

export const Store = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    kind: z.enum(['folder', 's3']),
    address: z.string(),
    isOffsite: z.boolean(),
    probe: StoreProbe,
  })
  .meta({ id: 'Store' });
export type Store = z.infer<typeof Store>;

export async function addStore(work: Work, client: string, store: NewStore): Promise<Store> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const kind = refuseWrongAddress(work, store);
  await refuseTakenName(work, client, store.name);

  const credentials = { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey };
  const { id } = await work.db
    .insertInto('stores')
    .values({
      client_id: client,
      name: store.name,
      kind,
      address: store.address,
      sealed_credentials: store.secretAccessKey ? work.seal('store', JSON.stringify(credentials)) : null,
      is_offsite: store.isOffsite,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'store.added',
    { kind: 'store', id, client },
    { name: store.name, address: store.address },
  );
  return findStore(work, id);
}

export async function findStore({ db, now }: Work, id: string): Promise<Store> {
  const row = await db.selectFrom('stores').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('store');
  return present(row, now);
}

export async function listStores(work: Work, client: string): Promise<Store[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('stores')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('name')
    .limit(200)
    .execute();
  return rows.map((row) => present(row, work.now));
}

function refuseWrongAddress(
  { places }: Work,
  { address, accessKeyId, secretAccessKey }: NewStore,
): Store['kind'] {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.username || url?.password) throw invalid('address', 'store.secret-in-address');
  if (url?.protocol === 's3:') {
    if (!url.hostname) throw invalid('address', 'store.no-bucket');
    if (!accessKeyId || !secretAccessKey) throw invalid('accessKeyId', 'store.no-credentials');
    return 's3';
  }
  if (url?.protocol === 'file:') {
    if (!isWithin(url, places.stores))
      throw invalid('address', 'store.place-not-allowed', { places: places.stores.join(', ') || '–' });
    return 'folder';
  }
  throw invalid('address', 'store.address');
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('stores')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('store.name-taken', { name });
}

const present = (
  row: ProbeColumns & {
    id: string;
    client_id: string;
    name: string;
    kind: Store['kind'];
    address: string;
    is_offsite: boolean;
  },
  now: Date,
): Store => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  kind: row.kind,
  address: row.address,
  isOffsite: row.is_offsite,
  probe: presentProbe(row, now),
});
