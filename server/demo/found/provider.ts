/** Founds the provider, and takes its clients on with their people and keys. */
import { addApiToken } from '#/plans/api-tokens.ts';
import { createClient, NewClient } from '#/plans/clients.ts';
import { addMember } from '#/plans/people.ts';
import { foundProvider } from '#/plans/providers.ts';
import { hashOfToken } from '#/plans/sign-in.ts';
import { addTechnicianPool, NewTechnicianPool } from '#/plans/technician-pools.ts';
import { TOKEN_SCOPES, type Work } from '#/plans/work.ts';
import { makeClientKeys, makeProviderKeys } from '../../keys.ts';
import { hashPassword } from '../../passwords.ts';
import type { Clock } from '../clock.ts';
import type { DemoPerson, DemoSecrets } from '../people.ts';
import type { People, Story } from './story.ts';

const PROVIDER = { name: 'Amarante Continuité', country: 'FR', locale: 'fr' } as const;
/** All three clients count on it, and may call on the same night. */
const POOL = NewTechnicianPool.parse({
  name: 'Techniciens de l’agence de Lyon',
  headCount: 2,
  skills: ['Proxmox VE', 'Active Directory', 'PostgreSQL', 'Réseau'],
  hours: 'always',
});
const FOUNDED = 1200;
const AUDITED_UNTIL = -90;

export async function foundAmarante(
  work: Work,
  secrets: DemoSecrets,
  clock: Clock,
): Promise<{ people: People; pool: string }> {
  const then = { ...work, now: clock.at(FOUNDED) };
  await foundProvider(then, PROVIDER);
  // A certificate counts from when it was made, and reports are sealed with it today.
  await makeProviderKeys(work, PROVIDER);
  await addApiToken(
    then,
    { name: 'Démonstration', role: 'owner', scopes: [...TOKEN_SCOPES], clients: 'all', expiresAt: null },
    hashOfToken(secrets.apiToken),
  );
  const people: People = new Map();
  for (const person of secrets.people.filter(({ client }) => client === null))
    await join(then, person, { people, clock, clients: 'all' });
  const { id } = await addTechnicianPool(then, POOL);
  return { people, pool: id };
}

/** The identity that is made for it opens every recovery point of the client; the demo keeps it in a file, as a client would. */
export async function takeOn(story: Story, secrets: DemoSecrets, pool: string): Promise<void> {
  const { content, clock } = story;
  const then = { ...story.work, now: clock.at(content.since) };
  const { id } = await createClient(then, NewClient.parse({ ...content.client, technicianPool: pool }));
  story.client = id;
  for (const person of secrets.people.filter(({ client }) => client === content.key))
    await join(then, person, { people: story.people, clock, clients: [id] });
  story.recoveryIdentity = (await makeClientKeys(then, id)).recoveryIdentity;
}

async function join(
  work: Work,
  { key, email, name, role, password, left }: DemoPerson,
  { people, clock, clients }: { people: People; clock: Clock; clients: 'all' | string[] },
): Promise<void> {
  const end = role === 'auditor' ? AUDITED_UNTIL : left;
  const validUntil = end === null ? null : clock.at(end).toISOString();
  const hash = await hashPassword(password);
  const { id } = await addMember(work, { email, name, locale: 'fr', role, clients, validUntil }, hash);
  people.set(key, { kind: 'person', id, name, role, scopes: TOKEN_SCOPES });
}
