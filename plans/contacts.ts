/** Contacts: somebody who has to be reached, of the client, a supplier or the provider, and by what. A sign-in is another matter. */
import { z } from 'zod';
import { allow } from './access.ts';
import { findAsset } from './assets.ts';
import { record } from './audit.ts';
import { canonical } from './canonical.ts';
import { findClient } from './clients.ts';
import { ContactPoint, NewContactPoint, readContactPoints, replaceContactPoints } from './contact-points.ts';
import { listContactUses } from './contact-uses.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { listSignIns } from './people.ts';
import { Line, OptionalDate, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

export const NewContact = z.object({
  name: Line(200),
  employer: OptionalLine(200).default(null),
  jobTitle: OptionalLine(200).default(null),
  languages: z.array(Line(40)).max(20).default([]),
  person: z.uuid().nullable().default(null).describe('The sign-in of the same person, where there is one'),
  leftOn: OptionalDate.default(null).describe('From this day on, nobody reaches them here any more'),
  points: z.array(NewContactPoint).max(20).default([]).describe('In the order in which to try'),
});
export type NewContact = z.infer<typeof NewContact>;

export const Contact = z
  .object({ ...NewContact.shape, points: z.array(ContactPoint), id: z.uuid(), client: z.uuid() })
  .meta({ id: 'Contact' });
export type Contact = z.infer<typeof Contact>;

export const Verification = z.object({ point: z.uuid() });
export type Verification = z.infer<typeof Verification>;

export async function addContact(work: Work, client: string, contact: NewContact): Promise<Contact> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  await refuseTakenName(work, client, contact.name);
  await refuseUnsound(work, client, contact, null);

  const { id } = await work.db
    .insertInto('contacts')
    .values({ client_id: client, ...columns(contact), created_at: work.now, changed_at: work.now })
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceContactPoints(work, { id, client }, contact.points);
  await record(work, 'contact.added', { kind: 'contact', id, client }, contact);
  return findContact(work, id);
}

/** A number or address that stays as it is keeps when it was verified, whatever else changes. */
export async function changeContact(work: Work, id: string, contact: NewContact): Promise<Contact> {
  allow(work, 'inventory.change');
  const before = await findContactForChange(work, id);
  if (canonical(NewContact.parse(before)) === canonical(contact)) return before;
  if (contact.name !== before.name) await refuseTakenName(work, before.client, contact.name);
  await refuseUnsound(work, before.client, contact, before);

  await work.db
    .updateTable('contacts')
    .set({ ...columns(contact), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await replaceContactPoints(work, before, contact.points);
  await record(
    work,
    'contact.changed',
    { kind: 'contact', id, client: before.client },
    { before, after: contact },
  );
  return findContact(work, id);
}

/** Somebody called and was answered there. It is their word. */
export async function verifyContactPoint(work: Work, id: string, { point }: Verification): Promise<Contact> {
  allow(work, 'inventory.change');
  const contact = await findContactForChange(work, id);
  const found = contact.points.find((one) => one.id === point);
  if (!found) throw invalid('point', 'contact.point-of-another');

  await work.db
    .updateTable('contact_points')
    .set({ verified_at: work.now, verified_by: work.actor.name })
    .where('id', '=', point)
    .execute();
  await record(
    work,
    'contact.point-verified',
    { kind: 'contact', id, client: contact.client },
    { name: contact.name, kind: found.kind, value: found.value },
  );
  return findContact(work, id);
}

/** Takes a contact out. Whoever holds something, or was ever called for a test, stays: the day they left can be said. */
export async function removeContact(work: Work, id: string): Promise<Contact> {
  allow(work, 'inventory.change');
  const before = await findContactForChange(work, id);
  const uses = await listContactUses(work, id);
  if (uses.length > 0)
    throw conflict('contact.in-use', {
      name: before.name,
      where: [...new Set(uses.map(({ name }) => name))].join(', '),
    });
  await refuseTested(work, before);

  await work.db.deleteFrom('contacts').where('id', '=', id).execute();
  await record(work, 'contact.removed', { kind: 'contact', id, client: before.client }, { before });
  return before;
}

export async function findContact(work: Work, id: string): Promise<Contact> {
  const [contact] = await select(work, (query) => query.where('id', '=', id));
  if (!contact) throw notFound('contact');
  return contact;
}

/** The same, and nobody else changes it until this work has ended. */
export async function findContactForChange(work: Work, id: string): Promise<Contact> {
  const [contact] = await select(work, (query) => query.where('id', '=', id).forUpdate());
  if (!contact) throw notFound('contact');
  return contact;
}

export async function listContacts(work: Work, client: string): Promise<Contact[]> {
  await findClient(work, client);
  return select(work, (query) => query.where('client_id', '=', client).orderBy('name').limit(5000));
}

/** Whether somebody is gone by now. */
export const hasLeft = ({ leftOn }: Pick<Contact, 'leftOn'>, now: Date): boolean =>
  leftOn !== null && leftOn <= now.toISOString().slice(0, 10);

async function refuseUnsound(work: Work, client: string, contact: NewContact, before: Contact | null) {
  refuseRepeated(contact);
  if (contact.person !== (before?.person ?? null)) await refuseWrongPerson(work, client, contact);
  for (const { needsAsset } of contact.points)
    if (needsAsset && (await findAsset(work, needsAsset)).client !== client) throw notFound('asset');
}

function refuseRepeated({ points }: NewContact) {
  const keys = points.map(({ kind, value }) => `${kind} ${value}`);
  const place = keys.findIndex((key, index) => keys.indexOf(key) < index);
  if (place !== -1)
    throw invalid(`points.${place}.value`, 'contact.point-twice', { value: points[place]!.value });
}

/** Who stands behind a sign-in may hold a role that approves plans: whoever says so must be allowed to give that role. */
async function refuseWrongPerson(work: Work, client: string, { person }: NewContact) {
  allow(work, 'continuity.change');
  if (person !== null && !(await listSignIns(work, client)).some(({ id }) => id === person))
    throw invalid('person', 'contact.no-sign-in');
}

async function refuseTakenName({ db }: Work, client: string, name: string) {
  const taken = await db
    .selectFrom('contacts')
    .select('id')
    .where('client_id', '=', client)
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('contact.name-taken', { name });
}

async function refuseTested({ db }: Work, { id, name }: Contact) {
  const { count } = await db
    .selectFrom('contact_tests')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('contact_id', '=', id)
    .executeTakeFirstOrThrow();
  if (count > 0) throw conflict('contact.tested', { name, count });
}

const selectRows = ({ db }: Work) => db.selectFrom('contacts').selectAll();

async function select(
  work: Work,
  narrow: (query: ReturnType<typeof selectRows>) => ReturnType<typeof selectRows>,
): Promise<Contact[]> {
  const rows = await narrow(selectRows(work)).execute();
  const points = await readContactPoints(
    work,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({
    id: row.id,
    client: row.client_id,
    name: row.name,
    employer: row.employer,
    jobTitle: row.job_title,
    languages: row.languages,
    person: row.person_id,
    leftOn: row.left_on,
    points: points.get(row.id) ?? [],
  }));
}

const columns = ({ name, employer, jobTitle, languages, person, leftOn }: NewContact) => ({
  name,
  employer,
  job_title: jobTitle,
  languages,
  person_id: person,
  left_on: leftOn,
});
