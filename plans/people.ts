/** People and what each may see: a person has one mail address and a membership at each provider they work for. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid } from './errors.ts';
import { Line } from './text.ts';
import { type ClientScope, ROLES, type Role, type Work } from './work.ts';

export const Email = z.string().trim().toLowerCase().pipe(z.email().max(254));

export const NewMember = z.object({
  email: Email,
  name: Line(200),
  locale: z.enum(['fr', 'en', 'nl']).default('fr'),
  role: z.enum(ROLES),
  clients: z.union([z.literal('all'), z.array(z.uuid()).min(1).max(1000)]),
  validUntil: z.iso.datetime().nullable().default(null).describe('Needed for an auditor'),
});
export type NewMember = z.infer<typeof NewMember>;

/** A person as others at the provider see them. */
export const Member = z
  .object({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    seesAllClients: z.boolean(),
    validUntil: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Member' });
export type Member = z.infer<typeof Member>;

/** Adds somebody to the provider. The password was hashed at the edge and never comes here. */
export async function addMember(work: Work, member: NewMember, passwordHash: string): Promise<Member> {
  allow(work, 'member.change');
  refuseWrongScope(member);
  if (member.clients !== 'all') for (const client of member.clients) await findClient(work, client);

  const id = crypto.randomUUID();
  await inNameOf(work, id, async () => {
    await addPerson(work, id, member);
    await putMembership(work, id, member);
    await setPassword(work, id, passwordHash);
  });
  await record(
    work,
    'member.added',
    { kind: 'person', id, client: null },
    { email: member.email, role: member.role },
  );
  return {
    id,
    email: member.email,
    name: member.name,
    role: member.role,
    seesAllClients: member.clients === 'all',
    validUntil: member.validUntil,
  };
}

export async function listMembers(work: Work): Promise<Member[]> {
  allow(work, 'member.change');
  const rows = await work.db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['people.id', 'email', 'name', 'role', 'sees_all_clients', 'valid_until'])
    .where('ended_at', 'is', null)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(({ sees_all_clients, valid_until, ...row }) => ({
    ...row,
    seesAllClients: sees_all_clients,
    validUntil: valid_until?.toISOString() ?? null,
  }));
}

/** Whoever has a sign-in here and may see a client. */
export async function listSignIns(
  { db, now }: Work,
  client: string,
): Promise<{ id: string; name: string }[]> {
  return db
    .selectFrom('memberships as membership')
    .innerJoin('people as person', 'person.id', 'membership.person_id')
    .select(['person.id', 'person.name'])
    .where('membership.ended_at', 'is', null)
    .where((row) => row.or([row('valid_until', 'is', null), row('valid_until', '>', now)]))
    .where((row) =>
      row.or([
        row('sees_all_clients', '=', true),
        row.exists(
          row
            .selectFrom('membership_clients as sight')
            .select('sight.client_id')
            .whereRef('sight.person_id', '=', 'membership.person_id')
            .where('sight.client_id', '=', client),
        ),
      ]),
    )
    .orderBy('person.name')
    .limit(1000)
    .execute();
}

/** What a membership lets one see now, or null when it is over. */
export function scopeOf(
  membership: { sees_all_clients: boolean; valid_until: Date | null; ended_at: Date | null },
  clients: string[],
  now: Date,
): ClientScope | null {
  if (membership.ended_at !== null) return null;
  if (membership.valid_until !== null && membership.valid_until <= now) return null;
  return membership.sees_all_clients ? 'all' : clients;
}

const OF_ONE_CLIENT: readonly Role[] = ['client-approver', 'client-reader'];

/** A person is seen, and a password reached, only in that person's name, so it is stated for these statements. */
export async function inNameOf<Found>(
  { db }: Work,
  person: string,
  run: () => Promise<Found>,
): Promise<Found> {
  await sql`select set_config('app.person_id', ${person}, true)`.execute(db);
  const found = await run();
  await sql`select set_config('app.person_id', '', true)`.execute(db);
  return found;
}

/** An address belongs to one person of the whole installation, also where row security hides that person. */
export async function addPerson(
  { db, now }: Work,
  id: string,
  { email, name, locale }: Pick<NewMember, 'email' | 'name'> & { locale: string },
) {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('people')
    .values({ id, email, name, locale, created_at: now })
    .onConflict((known) => known.column('email').doNothing())
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) throw conflict('member.email-taken', { email });
}

/** What somebody may do and see here from now on, also where an earlier membership was ended. */
export async function putMembership(
  { db, now }: Work,
  id: string,
  { role, clients, validUntil }: Pick<NewMember, 'role' | 'clients' | 'validUntil'>,
) {
  const membership = {
    role,
    sees_all_clients: clients === 'all',
    valid_until: validUntil === null ? null : new Date(validUntil),
    ended_at: null,
    created_at: now,
  };
  await db
    .insertInto('memberships')
    .values({ person_id: id, ...membership })
    .onConflict((known) => known.columns(['provider_id', 'person_id']).doUpdateSet(membership))
    .execute();
  await db.deleteFrom('membership_clients').where('person_id', '=', id).execute();
  if (clients === 'all') return;
  const rows = clients.map((client_id) => ({ person_id: id, client_id }));
  await db.insertInto('membership_clients').values(rows).execute();
}

export async function setPassword({ db, now }: Work, person: string, hash: string) {
  await db.insertInto('person_passwords').values({ person_id: person, hash, changed_at: now }).execute();
}

export function refuseWrongScope({ role, clients, validUntil }: NewMember) {
  if (OF_ONE_CLIENT.includes(role) && clients === 'all') throw invalid('clients', 'member.needs-client');
  if (role === 'owner' && clients !== 'all') throw invalid('clients', 'member.owner-sees-all');
  if (role === 'auditor' && validUntil === null) throw invalid('validUntil', 'member.auditor-needs-end');
}
