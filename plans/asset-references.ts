/** What an asset may refer to: where it stands, who provides it, who holds it, where it was imported from. */
import { conflict, invalid, notFound } from './errors.ts';
import type { AssetKind } from './facts.ts';
import { findSite } from './sites.ts';
import type { Work } from './work.ts';

export interface AssetReferences {
  kind: AssetKind;
  site: string | null;
  supplier: string | null;
  holder: string | null;
  deputy: string | null;
  externalSource: string | null;
  externalId: string | null;
}

/** The asset as it is, when it is changed. */
interface Known {
  id: string;
  kind: AssetKind;
  name: string;
}

/** What it refers to is the client's own, and of the right kind. */
export async function refuseUnsound(
  work: Work,
  client: string,
  asset: AssetReferences,
  before: Known | null,
): Promise<void> {
  const { site, supplier, holder, deputy, kind } = asset;
  if (site && (await findSite(work, site)).client !== client) throw notFound('site');
  for (const contact of [holder, deputy]) if (contact) await refuseForeignContact(work, client, contact);
  if (deputy && !holder) throw invalid('deputy', 'asset.deputy-alone');
  if (deputy && deputy === holder) throw invalid('deputy', 'asset.deputy-is-holder');
  if (supplier) await refuseNoSupplier(work, client, supplier, before);
  if ((asset.externalSource === null) !== (asset.externalId === null))
    throw invalid('externalId', 'asset.half-an-origin');
  if (before?.kind === 'supplier' && kind !== 'supplier') await refuseWhileSupplying(work, before);
  await refuseTakenOrigin(work, client, asset, before);
}

async function refuseNoSupplier(work: Work, client: string, supplier: string, before: Known | null) {
  if (supplier === before?.id) throw invalid('supplier', 'asset.supplies-itself');
  const found = await work.db
    .selectFrom('assets')
    .select(['name', 'kind'])
    .where('client_id', '=', client)
    .where('id', '=', supplier)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (!found) throw notFound('asset');
  if (found.kind !== 'supplier') throw invalid('supplier', 'asset.no-supplier', { name: found.name });
}

/** As long as it has terms, or something names it as its supplier, it is one. */
async function refuseWhileSupplying({ db }: Work, { id, name }: Known) {
  const supplied = await db
    .selectFrom('assets')
    .select('id')
    .where('supplier_id', '=', id)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  const terms = await db
    .selectFrom('supplier_terms')
    .select('asset_id')
    .where('asset_id', '=', id)
    .executeTakeFirst();
  if (supplied || terms) throw invalid('kind', 'asset.is-supplier', { name });
}

async function refuseTakenOrigin({ db }: Work, client: string, asset: AssetReferences, before: Known | null) {
  if (asset.externalSource === null || asset.externalId === null) return;
  const taken = await db
    .selectFrom('assets')
    .select(['id', 'name'])
    .where('client_id', '=', client)
    .where('external_source', '=', asset.externalSource)
    .where('external_id', '=', asset.externalId)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (taken && taken.id !== before?.id) throw conflict('asset.origin-taken', { name: taken.name });
}

/** Contacts look among the assets for what they need, so they are asked for by their row alone. */
async function refuseForeignContact({ db }: Work, client: string, contact: string) {
  const known = await db
    .selectFrom('contacts')
    .select('id')
    .where('client_id', '=', client)
    .where('id', '=', contact)
    .executeTakeFirst();
  if (!known) throw notFound('contact');
}
