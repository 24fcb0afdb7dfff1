/** Lets in whom an OpenID provider vouches for: finds or makes the person, and gives them the role that their group has. */
import { record } from '../audit.ts';
import { endSessions, lockOwners } from '../member-endings.ts';
import { addPerson, inNameOf, putMembership } from '../people.ts';
import type { Work } from '../work.ts';
import { type Claims, judge, type SignOnRefusal, type Told } from './judge.ts';
import type { GroupRole, SignOnAtDoor } from './settings.ts';

export interface Known {
  id: string;
  name: string;
  /** Where they have access, this provider included. */
  providers: readonly string[];
}

export interface Vouched {
  signOn: SignOnAtDoor;
  claims: Claims;
  /** Who has the mail address, at whatever provider; null where nobody does. */
  known: Known | null;
  /** Of whoever is taken on: as their browser asks. */
  locale: string;
}

export type Admission =
  | { person: { id: string; name: string; email: string }; hadSecondFactor: boolean }
  | { refused: SignOnRefusal; person: Known | null };

/**
 * A person of two providers is let in by neither's OpenID provider: it would speak for the other one as well. Their password and
 * passkeys are their own.
 */
export async function admitVouched(
  work: Work,
  { signOn, claims, known, locale }: Vouched,
): Promise<Admission> {
  const told = judge(claims, signOn);
  if ('refused' in told) {
    if (told.refused === 'no-group' && known) await showOut(work, known);
    return { refused: told.refused, person: known };
  }
  if (known?.providers.some((one) => one !== work.provider))
    return { refused: 'elsewhere-too', person: known };
  const bound = await boundTo(work, signOn.issuer, claims.subject);
  if (bound !== null && bound !== known?.id) return { refused: 'other-subject', person: known };
  const member = known && (await findMember(work, known.id));
  if (known && !member) return { refused: 'ended', person: known };
  if (!member && !(signOn.takesStrangers && told.mapped)) return { refused: 'not-invited', person: null };

  const person = known ?? (await takeOn(work, { ...told, locale }, told.mapped!));
  if (!(await bind(work, person.id, signOn.issuer, claims.subject)))
    return { refused: 'other-subject', person: known };
  // An auditor was invited for a time, which no group says.
  if (member && told.mapped && member.role !== 'auditor') await follow(work, person.id, member, told.mapped);
  return {
    person: { id: person.id, name: person.name, email: told.email },
    hadSecondFactor: signOn.trustsFactor && told.hadSecondFactor,
  };
}

interface Member {
  role: string;
  seesAll: boolean;
  clients: string[];
  validUntil: Date | null;
}

async function findMember({ db, now }: Work, person: string): Promise<Member | null> {
  const row = await db
    .selectFrom('memberships')
    .select(['role', 'sees_all_clients', 'valid_until'])
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const clients = await db
    .selectFrom('membership_clients')
    .select('client_id')
    .where('person_id', '=', person)
    .orderBy('client_id')
    .limit(1000)
    .execute();
  return {
    role: row.role,
    seesAll: row.sees_all_clients,
    clients: clients.map(({ client_id }) => client_id),
    validUntil: row.valid_until,
  };
}

async function takeOn(
  work: Work,
  { email, name, locale }: Told & { locale: string },
  { role, clients }: Omit<GroupRole, 'group'>,
) {
  const id = crypto.randomUUID();
  await inNameOf(work, id, async () => {
    await addPerson(work, id, { email, name, locale });
    await putMembership(work, id, { role, clients, validUntil: null });
  });
  await record(work, 'member.added', about(id), { email, role, by: 'single-sign-on' });
  return { id, name };
}

/** Their group says something else than before: every session ends, and the one that now begins has the new role. */
async function follow(
  work: Work,
  person: string,
  { role, seesAll, clients, validUntil }: Member,
  mapped: Omit<GroupRole, 'group'>,
): Promise<void> {
  const wanted = mapped.clients === 'all' ? [] : [...new Set(mapped.clients)].sort();
  const isSame =
    role === mapped.role &&
    seesAll === (mapped.clients === 'all') &&
    wanted.join() === [...clients].sort().join();
  if (isSame) return;
  if (role === 'owner' && mapped.role !== 'owner' && (await lockOwners(work)).length === 1) {
    await record(work, 'member.last-owner-kept', about(person), { group: mapped.role });
    return;
  }
  await inNameOf(work, person, () =>
    putMembership(work, person, { ...mapped, validUntil: validUntil?.toISOString() ?? null }),
  );
  const ended = await endSessions(work, person);
  await record(work, 'member.role-changed', about(person), {
    before: { role, clients: seesAll ? 'all' : clients },
    after: { role: mapped.role, clients: mapped.clients },
    by: 'single-sign-on',
    ended,
  });
}

/** Who is in none of the groups any more may not go on in a browser where they were let in before. */
async function showOut(work: Work, { id }: Known): Promise<void> {
  const ended = await endSessions(work, id);
  if (ended > 0) await record(work, 'member.sessions-ended', about(id), { ended, by: 'single-sign-on' });
}

async function boundTo({ db }: Work, issuer: string, subject: string): Promise<string | null> {
  const row = await db
    .selectFrom('sign_on_subjects')
    .select('person_id')
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

/** False where the person is bound to another subject: their address was given to somebody else. */
async function bind({ db, now }: Work, person: string, issuer: string, subject: string): Promise<boolean> {
  await db
    .insertInto('sign_on_subjects')
    .values({ person_id: person, issuer, subject, bound_at: now })
    .onConflict((known) => known.doNothing())
    .execute();
  const row = await db
    .selectFrom('sign_on_subjects')
    .select(['issuer', 'subject'])
    .where('person_id', '=', person)
    .executeTakeFirst();
  return row?.issuer === issuer && row.subject === subject;
}

const about = (id: string) => ({ kind: 'person', id, client: null }) as const;
