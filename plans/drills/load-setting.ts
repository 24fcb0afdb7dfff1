/** Reads what a drill is planned from. */
import { sql } from 'kysely';
import { loadFacts } from '../client-facts.ts';
import type { Client } from '../clients.ts';
import type { ClientFacts } from '../facts.ts';
import type { Work } from '../work.ts';
import type { DrillSetting } from './setting.ts';

export async function loadDrillSetting(work: Work, client: Client): Promise<DrillSetting> {
  const facts = ownBackups((await loadFacts(work, [client])).get(client.id)!);
  const stores = await work.db
    .selectFrom('stores')
    .select(['id', 'name', 'site_id', 'account', 'needs'])
    .where('client_id', '=', client.id)
    .orderBy('name')
    .limit(1000)
    .execute();
  const points = await work.db
    .selectFrom('recovery_points')
    .select(['id', 'store_id', 'sealed_to'])
    .where('client_id', '=', client.id)
    .where('id', '=', sql<string>`any(${facts.recoveryPoints.map(({ id }) => id)}::uuid[])`)
    .execute();
  const steps = await work.db
    .selectFrom('runbook_steps')
    .select(['plan_version_id', 'key', 'role_id'])
    .where('client_id', '=', client.id)
    .where('role_id', 'is not', null)
    .where('plan_version_id', 'in', (from) =>
      from.selectFrom('plan_versions').select('id').where('state', '=', 'in-force'),
    )
    .limit(100_000)
    .execute();
  const planOf = new Map(facts.plans.map((plan) => [plan.inForce?.id, plan.id]));
  return {
    facts,
    stepRoles: new Map(
      steps.map(({ plan_version_id, key, role_id }) => [`${planOf.get(plan_version_id)} ${key}`, role_id!]),
    ),
    stores: stores.map(({ id, name, site_id, account, needs }) => ({
      id,
      name,
      site: site_id,
      account,
      needs,
    })),
    places: new Map(
      points.map(({ id, store_id, sealed_to }) => [id, { store: store_id, sealedTo: sealed_to }]),
    ),
  };
}

/** A drill brings back from our own points alone: another tool's snapshots are proved from their repository. */
const ownBackups = (facts: ClientFacts): ClientFacts => ({
  ...facts,
  policies: facts.policies.filter(({ tool }) => !tool),
  recoveryPoints: facts.recoveryPoints.filter(({ tool }) => !tool),
});
