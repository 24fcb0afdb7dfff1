/** Assets: what activities need, from a server to a supplier, and what needs what. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { ASSET_KINDS } from './facts.ts';
import { Line, OptionalLine, Text } from './text.ts';
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
  description: Text(4000).nullable().default(null),
});
export type NewAsset = z.infer<typeof NewAsset>;

export const Asset = z
  .object({
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    label: z.string(),
    kind: z.enum(ASSET_KINDS),
    owner: z.string().nullable(),
    location: z.string().nullable(),
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
      description: asset.description,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'asset.added', { kind: 'asset', id, client }, { name: asset.name, kind: asset.kind });
  return findAsset(work, id);
}

export async function findAsset({ db }: Work, id: string): Promise<Asset> {
  const row = await db.selectFrom('assets').selectAll().where('id', '=', id).executeTakeFirst();
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
    .limit(1000)
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
  description: string | null;
}): Asset => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  label: row.label,
  kind: row.kind,
  owner: row.owner,
  location: row.location,
  description: row.description,
});
