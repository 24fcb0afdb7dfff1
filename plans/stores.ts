/** Stores: where a client's recovery points lie. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { isWithin } from './places.ts';
import { findSite } from './sites.ts';
import { type ProbeColumns, presentProbe, StoreProbe } from './store-probes.ts';
import { Checkbox, Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

/** Where copies lie, and what is needed to get at them: what people say of a store, and may say otherwise later. */
export const StoreChange = z.object({
  isOffsite: Checkbox.default(false).describe(
    'Said by a person: another site and another account than the source',
  ),
  site: z.uuid().nullable().default(null),
  account: OptionalLine(200)
    .default(null)
    .describe('Whose account it is in; the same words for the same account, so that they can be compared'),
  needs: z
    .array(z.uuid())
    .max(100)
    .default([])
    .describe('Assets without which nobody gets at the copies: a key, a line, an identity'),
  egressPrice: z
    .number()
    .min(0)
    .max(1000)
    .nullable()
    .default(null)
    .describe('What fetching a gigabyte costs, in the currency of the client'),
  runsAtOnce: z
    .preprocess((count) => count ?? 4, z.coerce.number().int().min(1).max(100))
    .default(4)
    .describe('How many backups and restore tests of it go on at once'),
});
export type StoreChange = z.infer<typeof StoreChange>;

export const NewStore = z.object({
  name: Line(200),
  address: Line(1000).describe('`file:///folder` or `s3://bucket/prefix?endpoint=…&region=…`'),
  accessKeyId: OptionalLine(200).default(null),
  secretAccessKey: OptionalLine(200).default(null),
  ...StoreChange.shape,
});
export type NewStore = z.infer<typeof NewStore>;

export const Store = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    kind: z.enum(['folder', 's3']),
    address: z.string(),
    ...StoreChange.shape,
    probe: StoreProbe,
  })
  .meta({ id: 'Store' });
export type Store = z.infer<typeof Store>;

export async function addStore(work: Work, client: string, store: NewStore): Promise<Store> {
  allow(work, 'protection.change');
  await findClient(work, client);
  const kind = refuseWrongAddress(work, store);
  await refuseTakenName(work, client, store.name);
  await refuseForeign(work, client, store);

  const credentials = { accessKeyId: store.accessKeyId, secretAccessKey: store.secretAccessKey };
  const { id } = await work.db
    .insertInto('stores')
    .values({
      client_id: client,
      name: store.name,
      kind,
      address: store.address,
      sealed_credentials: store.secretAccessKey ? work.seal('store', JSON.stringify(credentials)) : null,
      ...columns(store),
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

export async function changeStore(work: Work, id: string, change: StoreChange): Promise<Store> {
  allow(work, 'protection.change');
  const before = await findStoreForChange(work, id);
  if (canonical(StoreChange.parse(before)) === canonical(change)) return before;
  await refuseForeign(work, before.client, change);

  await work.db.updateTable('stores').set(columns(change)).where('id', '=', id).execute();
  const { isOffsite, site, account, needs } = before;
  await record(
    work,
    'store.changed',
    { kind: 'store', id, client: before.client },
    { before: { isOffsite, site, account, needs }, after: change },
  );
  return findStore(work, id);
}

export async function findStore({ db, now }: Work, id: string): Promise<Store> {
  const row = await db.selectFrom('stores').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('store');
  return present(row, now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findStoreForChange({ db, now }: Work, id: string): Promise<Store> {
  const row = await db.selectFrom('stores').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
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

async function refuseForeign(work: Work, client: string, { site, needs }: StoreChange) {
  if (site && (await findSite(work, site)).client !== client) throw notFound('site');
  if (new Set(needs).size < needs.length) throw invalid('needs', 'store.need-twice');
  for (const need of needs) if ((await findAsset(work, need)).client !== client) throw notFound('asset');
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

const columns = ({ isOffsite, site, account, needs, egressPrice, runsAtOnce }: StoreChange) => ({
  is_offsite: isOffsite,
  site_id: site,
  account,
  needs,
  egress_price: egressPrice,
  runs_at_once: runsAtOnce,
});

const present = (
  row: ProbeColumns & {
    id: string;
    client_id: string;
    name: string;
    kind: Store['kind'];
    address: string;
    is_offsite: boolean;
    site_id: string | null;
    account: string | null;
    needs: string[];
    egress_price: number | null;
    runs_at_once: number;
  },
  now: Date,
): Store => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  kind: row.kind,
  address: row.address,
  isOffsite: row.is_offsite,
  site: row.site_id,
  account: row.account,
  needs: row.needs,
  egressPrice: row.egress_price,
  runsAtOnce: row.runs_at_once,
  probe: presentProbe(row, now),
});
