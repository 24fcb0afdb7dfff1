/** What counts on somebody: roles, keys, teams, suppliers and call trees that name them. */
import type { Work } from './work.ts';

export interface ContactUse {
  /** As what they are named there. */
  as: 'holder' | 'deputy' | 'supplier-contact' | 'role-holder' | 'call-tree' | 'key-holder';
  /** Of the asset, role, plan or holding. */
  id: string;
  name: string;
}

export async function listContactUses(work: Work, contact: string): Promise<ContactUse[]> {
  return [
    ...(await inAssets(work, contact)),
    ...(await inTerms(work, contact)),
    ...(await inRoles(work, contact)),
    ...(await inCallTrees(work, contact)),
    ...(await inKeys(work, contact)),
  ];
}

async function inAssets({ db }: Work, contact: string): Promise<ContactUse[]> {
  const rows = await db
    .selectFrom('assets')
    .select(['id', 'name', 'holder_id'])
    .where((row) => row.or([row('holder_id', '=', contact), row('deputy_id', '=', contact)]))
    .where('retired_at', 'is', null)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(({ id, name, holder_id }) => ({
    as: holder_id === contact ? 'holder' : 'deputy',
    id,
    name,
  }));
}

async function inTerms({ db }: Work, contact: string): Promise<ContactUse[]> {
  const rows = await db
    .selectFrom('supplier_terms as terms')
    .innerJoin('assets as asset', (join) =>
      join.onRef('asset.client_id', '=', 'terms.client_id').onRef('asset.id', '=', 'terms.asset_id'),
    )
    .select(['asset.id', 'asset.name'])
    .where('terms.contact_id', '=', contact)
    .orderBy('asset.name')
    .limit(1000)
    .execute();
  return rows.map(({ id, name }) => ({ as: 'supplier-contact', id, name }));
}

/** Those they held once as well: who held a role when is history that stays. */
async function inRoles({ db }: Work, contact: string): Promise<ContactUse[]> {
  const rows = await db
    .selectFrom('role_assignments as assignment')
    .innerJoin('crisis_roles as role', (join) =>
      join.onRef('role.client_id', '=', 'assignment.client_id').onRef('role.id', '=', 'assignment.role_id'),
    )
    .select(['role.id', 'role.name'])
    .distinct()
    .where('assignment.contact_id', '=', contact)
    .orderBy('role.name')
    .limit(1000)
    .execute();
  return rows.map(({ id, name }) => ({ as: 'role-holder', id, name }));
}

/** Of versions that are written, or that count. */
async function inCallTrees({ db }: Work, contact: string): Promise<ContactUse[]> {
  const rows = await db
    .selectFrom('call_nodes as node')
    .innerJoin('plan_versions as version', (join) =>
      join.onRef('version.client_id', '=', 'node.client_id').onRef('version.id', '=', 'node.plan_version_id'),
    )
    .innerJoin('plans as plan', (join) =>
      join.onRef('plan.client_id', '=', 'version.client_id').onRef('plan.id', '=', 'version.plan_id'),
    )
    .select(['plan.id', 'plan.title as name'])
    .distinct()
    .where('node.contact_id', '=', contact)
    .where('version.state', 'not in', ['superseded', 'withdrawn'])
    .orderBy('plan.title')
    .limit(1000)
    .execute();
  return rows.map(({ id, name }) => ({ as: 'call-tree', id, name }));
}

/** Keys they held once as well: what they showed with one is history that stays. */
async function inKeys({ db }: Work, contact: string): Promise<ContactUse[]> {
  const rows = await db
    .selectFrom('key_holders as holder')
    .innerJoin('client_keys as key', (join) =>
      join.onRef('key.client_id', '=', 'holder.client_id').onRef('key.id', '=', 'holder.key_id'),
    )
    .select(['holder.id', 'key.fingerprint as name'])
    .where('holder.contact_id', '=', contact)
    .orderBy('holder.since')
    .limit(1000)
    .execute();
  return rows.map(({ id, name }) => ({ as: 'key-holder', id, name }));
}
