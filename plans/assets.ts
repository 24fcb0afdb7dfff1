/** Assets: what activities need, from a server to a supplier, and what needs what. */
import { z } from 'zod';
import { allow } from './access.ts';
import { labelFor } from './asset-labels.ts';
import { refuseUnsound } from './asset-references.ts';
import { listAssetUses } from './asset-uses.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { ASSET_KINDS } from './facts.ts';
import { Checkbox, Line, OptionalDate, OptionalLine, OptionalSeconds, OptionalText } from './text.ts';
import type { Work } from './work.ts';

export const ASSET_STATES = ['planned', 'in-service', 'being-replaced'] as const;
export const RECOVERY_RESOURCES = ['none', 'technician', 'link'] as const;

const Bytes = z.int().min(0).nullable().default(null);

export const NewAsset = z.object({
  name: Line(200),
  kind: z.enum(ASSET_KINDS),
  label: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,99}$/, { error: 'asset.label' })
    .nullish()
    .describe('Name in stores and on the command line; made from the name when absent'),
  owner: OptionalLine(200).default(null),
  site: z.uuid().nullable().default(null),
  location: OptionalLine(200).default(null),
  description: OptionalText(4000).default(null),
  supplier: z.uuid().nullable().default(null).describe('Asset of kind supplier that provides it'),
  holder: z.uuid().nullable().default(null).describe('Contact who holds it, knows it or leads it'),
  deputy: z.uuid().nullable().default(null).describe('Contact who can in their place'),
  state: z.enum(ASSET_STATES).default('in-service'),
  volumeBytes: Bytes,
  changeBytesPerDay: Bytes,
  endOfSupportOn: OptionalDate.default(null),
  declaredRecoverySeconds: OptionalSeconds.default(null).describe(
    'How long bringing it back is said to take; counts where nothing was measured, and as said',
  ),
  recoveryResource: z
    .enum(RECOVERY_RESOURCES)
    .default('technician')
    .describe('What bringing it back keeps busy meanwhile'),
  isRemoteWorkPossible: Checkbox.default(false).describe('People can work without these premises'),
  externalSource: OptionalLine(100).default(null).describe('Whence it was imported'),
  externalId: OptionalLine(300).default(null).describe('Its name there'),
});
export type NewAsset = z.infer<typeof NewAsset>;

/** What may change later. The label stays: stores keep points under it. */
export const AssetChange = NewAsset.omit({ label: true });
export type AssetChange = z.infer<typeof AssetChange>;

export const Asset = z
  .object({ ...AssetChange.shape, id: z.uuid(), client: z.uuid(), label: z.string() })
  .meta({ id: 'Asset' });
export type Asset = z.infer<typeof Asset>;

export async function addAsset(work: Work, client: string, asset: NewAsset): Promise<Asset> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  await refuseUnsound(work, client, asset, null);
  const label = await labelFor(work, client, asset);

  const { id } = await work.db
    .insertInto('assets')
    .values({ client_id: client, label, ...columns(asset), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'asset.added', { kind: 'asset', id, client }, { ...asset, label });
  return findAsset(work, id);
}

export async function changeAsset(work: Work, id: string, asset: AssetChange): Promise<Asset> {
  allow(work, 'inventory.change');
  const before = await findAssetForChange(work, id);
  if (canonical(AssetChange.parse(before)) === canonical(asset)) return before;
  await refuseUnsound(work, before.client, asset, before);

  await work.db
    .updateTable('assets')
    .set({ ...columns(asset), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'asset.changed', { kind: 'asset', id, client: before.client }, { before, after: asset });
  return findAsset(work, id);
}

/**
 * Takes an asset out of the inventory, with its own needs. Its row, label, points and tests stay, so that what was
 * proved can still be read. Refused while something needs or names it, or it is backed up.
 */
export async function retireAsset(work: Work, id: string): Promise<Asset> {
  allow(work, 'inventory.change');
  const before = await findAssetForChange(work, id);
  await refuseWhileNeeded(work, before);
  await refuseWhileNamed(work, before);
  await refuseWhileBackedUp(work, before);

  const needs = await work.db
    .deleteFrom('dependencies')
    .where('from_asset_id', '=', id)
    .returning(['to_asset_id', 'kind', 'note'])
    .execute();
  const terms = await work.db
    .deleteFrom('supplier_terms')
    .where('asset_id', '=', id)
    .returningAll()
    .execute();
  // What it points at may go as well: sites, suppliers and people do not stay for what is no longer there.
  await work.db
    .updateTable('assets')
    .set({ retired_at: work.now, site_id: null, supplier_id: null, holder_id: null, deputy_id: null })
    .where('id', '=', id)
    .execute();
  await record(work, 'asset.retired', { kind: 'asset', id, client: before.client }, { before, needs, terms });
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

async function refuseWhileNamed(work: Work, { id, name }: Asset) {
  const names = await listAssetUses(work, id);
  if (names.length > 0) throw conflict('asset.named', { name, where: names.join(', ') });
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

const columns = (asset: AssetChange) => ({
  name: asset.name,
  kind: asset.kind,
  owner: asset.owner,
  site_id: asset.site,
  location: asset.location,
  description: asset.description,
  supplier_id: asset.supplier,
  holder_id: asset.holder,
  deputy_id: asset.deputy,
  state: asset.state,
  volume_bytes: asset.volumeBytes,
  change_bytes_per_day: asset.changeBytesPerDay,
  end_of_support_on: asset.endOfSupportOn,
  declared_recovery_seconds: asset.declaredRecoverySeconds,
  recovery_resource: asset.recoveryResource,
  is_remote_work_possible: asset.isRemoteWorkPossible,
  external_source: asset.externalSource,
  external_id: asset.externalId,
});

const present = (
  row: Awaited<ReturnType<ReturnType<typeof selectAsset>['executeTakeFirstOrThrow']>>,
): Asset => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  label: row.label,
  kind: row.kind,
  owner: row.owner,
  site: row.site_id,
  location: row.location,
  description: row.description,
  supplier: row.supplier_id,
  holder: row.holder_id,
  deputy: row.deputy_id,
  state: row.state,
  volumeBytes: row.volume_bytes,
  changeBytesPerDay: row.change_bytes_per_day,
  endOfSupportOn: row.end_of_support_on,
  declaredRecoverySeconds: row.declared_recovery_seconds,
  recoveryResource: row.recovery_resource as Asset['recoveryResource'],
  isRemoteWorkPossible: row.is_remote_work_possible,
  externalSource: row.external_source,
  externalId: row.external_id,
});
