/** Assets: what activities need, from a server to a supplier, and what needs what. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { ASSET_KINDS } from './facts.ts';
import { Line, OptionalLine, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const NewAsset = z.object({
  name: Line(200),
  kind: z.enum(ASSET_KINDS),
  label: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, { error: 'asset.label' })
    .optional()
    .describe('Name in stores and on the command line; made from the name when absent'),
  owner: OptionalLine(200).default(null),
  location: OptionalLine(200).default(null),
  site: z.uuid().nullable().default(null),
  description: OptionalText(4000).default(null),
});
export type NewAsset = z.infer<typeof NewAsset>;

/** What may change later. The label stays: stores keep points under it. */
export const AssetChange = NewAsset.omit({ label: true });
export type AssetChange = z.infer<typeof AssetChange>;

export const Asset = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    label: z.string(),
    kind: z.enum(ASSET_KINDS),
    owner: z.string().nullable(),
    location: z.string().nullable(),
    site: z.uuid().nullable(),
    description: z.string().nullable(),
  })
  .meta({ id: 'Asset' });
export type Asset = z.infer<typeof Asset>;

export async function addAsset(work: Work, client: string, asset: NewAsset): Promise<Asset> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  const label = asset.label ?? labelFrom(asset.name);
  await refuseTakenLabel(work, client, label);

  const { id } = await work.db
    .insertInto('assets')
    .values({
      client_id: client,
      name: asset.name,
      label,
      kind: asset.kind,
      owner: asset.owner,
      location: asset.location,
      site_id: asset.site,
      description: asset.description,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'asset.added', { kind: 'asset', id, client }, { name: asset.name, kind: asset.kind });
  return findAsset(work, id);
}

export async function changeAsset(work: Work, id: string, asset: AssetChange): Promise<Asset> {
  allow(work, 'inventory.change');
  const before = await findAssetForChange(work, id);

  const { name, kind, owner, location, site, description } = asset;
  await work.db
    .updateTable('assets')
    .set({ name, kind, owner, location, site_id: site, description })
    .where('id', '=', id)
    .execute();
  await record(work, 'asset.changed', { kind: 'asset', id, client: before.client }, { before, after: asset });
  return findAsset(work, id);
}

/**
 * Takes an asset out of the inventory, with its own needs. Its row, label, points and tests stay, so that what was
 * proved can still be read. Refused while something needs it or it is backed up.
 */
export async function retireAsset(work: Work, id: string): Promise<Asset> {
  allow(work, 'inventory.change');
  const before = await findAssetForChange(work, id);
  await refuseWhileNeeded(work, before);
  await refuseWhileBackedUp(work, before);

  const needs = await work.db
    .deleteFrom('dependencies')
    .where('from_asset_id', '=', id)
    .returning(['to_asset_id', 'kind', 'note'])
    .execute();
  await work.db.updateTable('assets').set({ retired_at: work.now }).where('id', '=', id).execute();
  await record(work, 'asset.retired', { kind: 'asset', id, client: before.client }, { before, needs });
  return before;
}

export async function findAsset({ db }: Work, id: string): Promise<Asset> {
  const row = await selectAsset(db, id).executeTakeFirst();
  if (!row) throw notFound('asset');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended: what is compared now stays true. */
export async function findAssetForChange({ db }: Work, id: string): Promise<Asset> {
  const row = await selectAsset(db, id).forUpdate().executeTakeFirst();
  if (!row) throw notFound('asset');
  return present(row);
}

/** Assets of a client by name; a client has some hundred. */
export async function listAssets(work: Work, client: string): Promise<Asset[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('assets')
    .selectAll()
    .where('client_id', '=', client)
    .where('retired_at', 'is', null)
    .orderBy('name')
    .limit(5000)
    .execute();
  return rows.map(present);
}

/** A name made fit for a store: without accents, in small letters, with dashes. */
export function labelFrom(name: string): string {
  const plain = name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return (
    plain
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'asset'
  );
}

const selectAsset = (db: Work['db'], id: string) =>
  db.selectFrom('assets').selectAll().where('id', '=', id).where('retired_at', 'is', null);

async function refuseWhileNeeded({ db }: Work, { id, name }: Asset) {
  const { count } = await db
    .selectFrom('dependencies')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('to_asset_id', '=', id)
    .executeTakeFirstOrThrow();
  if (count > 0) throw conflict('asset.needed', { name, count });
}

async function refuseWhileBackedUp({ db }: Work, { id, name }: Asset) {
  const policy = await db
    .selectFrom('backup_policies')
    .select('id')
    .where('asset_id', '=', id)
    .where('is_enabled', '=', true)
    .executeTakeFirst();
  if (policy) throw conflict('asset.backed-up', { name });
}

async function refuseTakenLabel({ db }: Work, client: string, label: string) {
  const taken = await db
    .selectFrom('assets')
    .select('id')
    .where('client_id', '=', client)
    .where('label', '=', label)
    .executeTakeFirst();
  if (taken) throw conflict('asset.label-taken', { label });
}

const present = (row: {
  id: string;
  client_id: string;
  name: string;
  label: string;
  kind: Asset['kind'];
  owner: string | null;
  location: string | null;
  site_id: string | null;
  description: string | null;
}): Asset => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  label: row.label,
  kind: row.kind,
  owner: row.owner,
  location: row.location,
  site: row.site_id,
  description: row.description,
});
