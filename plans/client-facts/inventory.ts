/** What clients have: assets, what they need, sites, people to reach, suppliers. */
import type { ContactFacts } from '../continuity-facts.ts';
import type { Hours } from '../hours.ts';
import type { Work } from '../work.ts';
import { byClient, hasLeft } from './rows.ts';

export async function loadAssets({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('assets')
    .selectAll()
    .where('client_id', 'in', ids)
    .where('retired_at', 'is', null)
    .orderBy('name')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    location: row.location,
    site: row.site_id,
    supplier: row.supplier_id,
    holder: row.holder_id,
    deputy: row.deputy_id,
    state: row.state,
    volumeBytes: row.volume_bytes,
    changeBytesPerDay: row.change_bytes_per_day,
    endOfSupportOn: row.end_of_support_on,
    declaredRecoverySeconds: row.declared_recovery_seconds,
    recoveryResource: row.recovery_resource as 'none' | 'technician' | 'link',
    isRemoteWorkPossible: row.is_remote_work_possible,
    changedAt: (row.changed_at ?? row.created_at).toISOString(),
  }));
}

export async function loadDependencies({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('dependencies')
    .selectAll()
    .where('client_id', 'in', ids)
    .orderBy('id')
    .limit(500_000)
    .execute();
  return byClient(rows, (row) => ({
    id: row.id,
    from: row.from_activity_id
      ? { kind: 'activity' as const, id: row.from_activity_id }
      : { kind: 'asset' as const, id: row.from_asset_id ?? '' },
    to: row.to_asset_id,
    kind: row.kind,
    group:
      row.group_name !== null && row.required_k !== null
        ? { name: row.group_name, requiredK: row.required_k }
        : null,
    degradationPercent: row.degradation_percent,
    confirmedAt: row.confirmed_at?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
  }));
}

export async function loadSites({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('sites')
    .select(['client_id', 'id', 'name', 'kind'])
    .where('client_id', 'in', ids)
    .orderBy('name')
    .limit(100_000)
    .execute();
  return byClient(rows, ({ id, name, kind }) => ({ id, name, kind }));
}

export async function loadContacts({ db, now }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('contacts as contact')
    .innerJoin('clients as client', 'client.client_id', 'contact.client_id')
    .select(['contact.client_id', 'contact.id', 'contact.name', 'employer'])
    .select(hasLeft('contact.left_on', now).as('has_left'))
    .where('contact.client_id', 'in', ids)
    .orderBy('contact.name')
    .limit(100_000)
    .execute();
  const points = await db
    .selectFrom('contact_points')
    .select(['contact_id', 'id', 'kind', 'is_out_of_band', 'needs_asset_id', 'verified_at'])
    .where('client_id', 'in', ids)
    .orderBy('rank')
    .orderBy('id')
    .limit(500_000)
    .execute();
  const byContact = Map.groupBy(points, ({ contact_id }) => contact_id);
  return byClient(
    rows,
    (row): ContactFacts => ({
      id: row.id,
      name: row.name,
      employer: row.employer,
      hasLeft: row.has_left,
      points: (byContact.get(row.id) ?? []).map((point) => ({
        id: point.id,
        kind: point.kind,
        isOutOfBand: point.is_out_of_band,
        needsAsset: point.needs_asset_id,
        verifiedAt: point.verified_at?.toISOString() ?? null,
      })),
    }),
  );
}

export async function loadSuppliers({ db }: Work, ids: string[]) {
  const rows = await db
    .selectFrom('supplier_terms as terms')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'terms.client_id').onRef('asset.id', '=', 'terms.asset_id'),
    )
    .selectAll('terms')
    .where('terms.client_id', 'in', ids)
    .where('asset.retired_at', 'is', null)
    .orderBy('terms.asset_id')
    .limit(100_000)
    .execute();
  return byClient(rows, (row) => ({
    asset: row.asset_id,
    contact: row.contact_id,
    promiseSeconds: row.recovery_promise_seconds,
    hours: row.hours as Hours,
    hasExitPlan: (row.exit_plan ?? '').trim() !== '',
    contractUntil: row.contract_until,
    checkedOn: row.checked_on,
  }));
}
