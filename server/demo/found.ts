/** Writes the demo's provider, people, client, plans and policies: all of it in one transaction, or nothing. */
import { mkdir } from 'node:fs/promises';
import { addActivity, approveActivity, NewActivity } from '#/plans/activities.ts';
import { addApiToken } from '#/plans/api-tokens.ts';
import { addAssertion } from '#/plans/assertions.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { addBackupPolicy } from '#/plans/backup-policies.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import { addDependency, NewDependency } from '#/plans/dependencies.ts';
import { addMember } from '#/plans/people.ts';
import { decideVersion, submitVersion } from '#/plans/plan-decisions.ts';
import { draftVersion, NewPlanVersion } from '#/plans/plan-versions.ts';
import { createPlan, NewPlan } from '#/plans/plans.ts';
import { foundProvider } from '#/plans/providers.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import { TOKEN_SCOPES, type Work } from '#/plans/work.ts';
import { makeClientKeys, makeProviderKeys } from '../keys.ts';
import { hashPassword } from '../passwords.ts';
import { DEMO } from './content/client.ts';
import type { DemoPerson, DemoSecrets } from './people.ts';

const PROVIDER = { name: 'Amarante Continuité', country: 'FR', locale: 'fr' } as const;
const AUDIT_DAYS = 90;

export interface Founded {
  client: { id: string; name: string };
  policies: { asset: string; id: string }[];
  /** age identity that opens every recovery point of the client; the demo keeps it in a file, as a client would. */
  recoveryIdentity: string;
}

/** `sources` are addresses by the label of the asset that they are backed up as. */
export async function foundDemo(
  work: Work,
  secrets: DemoSecrets,
  { sources, storesFolder }: { sources: Record<string, string>; storesFolder: string },
): Promise<Founded> {
  await foundProvider(work, PROVIDER);
  await makeProviderKeys(work, PROVIDER);
  const client = await createClient(work, NewClient.parse(DEMO.client));
  const { recoveryIdentity } = await makeClientKeys(work, client.id);
  const people = await addPeople(work, secrets.people, client.id);
  await addApiToken(
    work,
    { name: 'Démonstration', role: 'owner', scopes: [...TOKEN_SCOPES], clients: 'all', expiresAt: null },
    hashOfToken(secrets.apiToken),
  );
  const refs = await addInventory(work, client.id, people);
  await addPlans(work, client.id, refs, people);
  const policies = await addProtection(work, client.id, refs, { sources, storesFolder });
  return { client: { id: client.id, name: client.name }, policies, recoveryIdentity };
}

type People = Map<DemoPerson['role'], Work['actor']>;

async function addPeople(work: Work, people: DemoPerson[], client: string): Promise<People> {
  const actors: People = new Map();
  for (const { email, name, role, password } of people) {
    const isOfClient = role === 'client-approver' || role === 'client-reader';
    const validUntil =
      role === 'auditor' ? new Date(work.now.getTime() + AUDIT_DAYS * 86_400_000).toISOString() : null;
    const { id } = await addMember(
      work,
      { email, name, locale: 'fr', role, clients: isOfClient ? [client] : 'all', validUntil },
      await hashPassword(password),
    );
    actors.set(role, { kind: 'person', id, name, role, scopes: TOKEN_SCOPES });
  }
  return actors;
}

const as = (work: Work, people: People, role: DemoPerson['role']): Work => ({
  ...work,
  actor: people.get(role) ?? work.actor,
});

async function addInventory(work: Work, client: string, people: People): Promise<Map<string, string>> {
  const consultant = as(work, people, 'consultant');
  const refs = new Map<string, string>();
  for (const { ref, ...asset } of DEMO.assets)
    refs.set(ref, (await addAsset(consultant, client, NewAsset.parse(asset))).id);
  for (const { ref, ...activity } of DEMO.activities) {
    const { id } = await addActivity(consultant, client, NewActivity.parse(activity));
    await approveActivity(as(work, people, 'client-approver'), id);
    refs.set(ref, id);
  }
  const activities = new Set(DEMO.activities.map(({ ref }) => ref));
  for (const { from, to, kind } of DEMO.dependencies)
    await addDependency(
      consultant,
      client,
      NewDependency.parse({
        from: { kind: activities.has(from) ? 'activity' : 'asset', id: idOf(refs, from) },
        to: idOf(refs, to),
        kind,
      }),
    );
  return refs;
}

async function addPlans(work: Work, client: string, refs: Map<string, string>, people: People) {
  const consultant = as(work, people, 'consultant');
  for (const { version, activities, ...plan } of DEMO.plans) {
    const { id } = await createPlan(
      consultant,
      client,
      NewPlan.parse({ ...plan, activities: activities.map((ref) => idOf(refs, ref)) }),
    );
    const draft = await draftVersion(consultant, id, NewPlanVersion.parse(version));
    await submitVersion(consultant, draft.id);
    await decideVersion(as(work, people, 'client-approver'), draft.id, {
      decision: 'approved',
      comment: null,
    });
    if (plan.kind === 'drp')
      for (const { asset, ...assertion } of DEMO.assertions)
        await addAssertion(consultant, id, { ...assertion, asset: idOf(refs, asset) });
  }
}

async function addProtection(
  work: Work,
  client: string,
  refs: Map<string, string>,
  { sources, storesFolder }: { sources: Record<string, string>; storesFolder: string },
) {
  const folder = `${storesFolder}/${client}`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const store = await addStore(
    work,
    client,
    NewStore.parse({ name: 'Coffre local de démonstration', address: `file://${encodeURI(folder)}` }),
  );
  const policies: Founded['policies'] = [];
  for (const asset of DEMO.assets) {
    const source = asset.label ? sources[asset.label] : undefined;
    if (!source) continue;
    const policy = await addBackupPolicy(work, {
      asset: idOf(refs, asset.ref),
      store: store.id,
      source,
      intervalSeconds: 43_200,
      lockDays: null,
      lockMode: 'compliance',
      isGentle: false,
    });
    policies.push({ asset: policy.asset.label, id: policy.id });
  }
  return policies;
}

function idOf(refs: Map<string, string>, ref: string): string {
  const id = refs.get(ref);
  if (!id) throw new Error(`The demo names ${ref}, which it does not have.`);
  return id;
}
