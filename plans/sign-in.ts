/**
 * The door: how a mail address and a password become a session, and a session or token becomes an actor.
 * These functions run before a provider is known, in a transaction that sees only what was shown.
 */
import { sql, type Transaction } from 'kysely';
import { canonical, sha256 } from './canonical.ts';
import { Refusal } from './errors.ts';
import { scopeOf } from './people.ts';
import type { Tables } from './tables.ts';
import { type Actor, type ClientScope, TOKEN_SCOPES, type TokenScope } from './work.ts';

/** What an open door leads to. */
export interface Admitted {
  provider: string;
  clients: ClientScope;
  actor: Actor;
  locale: string;
  /** Hash of the session; null for a token. */
  session: string | null;
}

type Door = Transaction<Tables>;

export const SESSION_IDLE_MS = 12 * 3_600_000;
export const SESSION_LIFE_MS = 7 * 86_400_000;

const TRIES_PER_ACCOUNT = 10;
const TRIES_PER_ADDRESS = 50;
const THROTTLE_WINDOW_MS = 15 * 60_000;

/** Hashes of secrets that are long and random need no salt and no slowness. */
export const hashOfToken = (token: string) => sha256(token);

/** Counts a try and refuses when there were too many, for this account or from this address. */
export async function countTry(
  door: Door,
  { email, address, now }: { email: string; address: string; now: Date },
) {
  const account = await bump(door, sha256(canonical({ account: email })), now);
  const place = await bump(door, sha256(canonical({ address })), now);
  return account > TRIES_PER_ACCOUNT || place > TRIES_PER_ADDRESS;
}

/** After a good sign-in the account's count starts again. */
export async function forgetTries(door: Door, email: string) {
  await door
    .deleteFrom('throttles')
    .where('key', '=', sha256(canonical({ account: email })))
    .execute();
}

/** The person with this mail address, as far as the door shows. */
export async function findPersonAtDoor(door: Door, email: string) {
  const person = await door
    .selectFrom('people')
    .select(['id', 'name', 'locale'])
    .where('email', '=', email)
    .executeTakeFirst();
  return person ?? null;
}

/** Password hash of the person that was shown; null when none is set. */
export async function findPasswordHash(door: Door, person: string): Promise<string | null> {
  const row = await door
    .selectFrom('person_passwords')
    .select('hash')
    .where('person_id', '=', person)
    .executeTakeFirst();
  return row?.hash ?? null;
}

/** Opens a session for the person that was shown, at the first provider whose membership is not over. */
export async function openSession(
  door: Door,
  { person, hash, address, now }: { person: string; hash: string; address: string; now: Date },
): Promise<{ provider: string } | null> {
  const membership = await door
    .selectFrom('memberships')
    .select('provider_id')
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .orderBy('created_at')
    .executeTakeFirst();
  if (!membership) return null;
  await door
    .insertInto('sessions')
    .values({
      hash,
      provider_id: membership.provider_id,
      person_id: person,
      created_at: now,
      seen_at: now,
      expires_at: new Date(now.getTime() + SESSION_LIFE_MS),
      address,
    })
    .execute();
  return { provider: membership.provider_id };
}

/** Whom the session that was shown belongs to; null when there is none, or it is over. */
export async function admitSession(door: Door, hash: string, now: Date): Promise<Admitted | null> {
  const session = await door
    .selectFrom('sessions')
    .select(['hash', 'person_id', 'provider_id', 'seen_at'])
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .where('seen_at', '>', new Date(now.getTime() - SESSION_IDLE_MS))
    .executeTakeFirst();
  if (!session) return null;
  await sql`select set_config('app.person_id', ${session.person_id}, true)`.execute(door);
  if (now.getTime() - session.seen_at.getTime() > 60_000)
    await door.updateTable('sessions').set({ seen_at: now }).where('hash', '=', hash).execute();
  return admitMember(door, session, now);
}

/** Ends the session that was shown. */
export async function closeSession(door: Door, hash: string) {
  await door.deleteFrom('sessions').where('hash', '=', hash).execute();
}

/** What the API token that was shown may do; null when there is none, or it is over. */
export async function admitToken(door: Door, hash: string, now: Date): Promise<Admitted | null> {
  const token = await door
    .selectFrom('api_tokens')
    .selectAll()
    .where('hash', '=', hash)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (!token || (token.expires_at !== null && token.expires_at <= now)) return null;
  return {
    provider: token.provider_id,
    clients: token.client_ids ?? 'all',
    locale: 'en',
    session: null,
    actor: {
      kind: 'token',
      id: token.id,
      name: token.name,
      role: token.role,
      scopes: token.scopes as TokenScope[],
    },
  };
}

/** Says that nobody is signed in, without saying why. */
export const notSignedIn = () => new Refusal('unauthenticated', 'sign-in.needed');

async function admitMember(
  door: Door,
  { hash, person_id, provider_id }: { hash: string; person_id: string; provider_id: string },
  now: Date,
) {
  const member = await door
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['role', 'sees_all_clients', 'valid_until', 'ended_at', 'people.name', 'people.locale'])
    .where('memberships.provider_id', '=', provider_id)
    .where('memberships.person_id', '=', person_id)
    .executeTakeFirst();
  if (!member) return null;
  const assigned = await door
    .selectFrom('membership_clients')
    .select('client_id')
    .where('provider_id', '=', provider_id)
    .where('person_id', '=', person_id)
    .limit(1000)
    .execute();
  const clients = scopeOf(
    member,
    assigned.map(({ client_id }) => client_id),
    now,
  );
  if (clients === null) return null;
  const actor: Actor = {
    kind: 'person',
    id: person_id,
    name: member.name,
    role: member.role,
    scopes: TOKEN_SCOPES,
  };
  return { provider: provider_id, clients, locale: member.locale, actor, session: hash };
}

/** Forgets sessions that are over and counts of tries that count no more. */
export async function forgetOver(door: Door, now: Date): Promise<void> {
  await sql`select forget_sessions(${now})`.execute(door);
  await door
    .deleteFrom('throttles')
    .where('window_started_at', '<', new Date(now.getTime() - THROTTLE_WINDOW_MS))
    .execute();
}

async function bump(door: Door, key: string, now: Date): Promise<number> {
  const start = new Date(now.getTime() - THROTTLE_WINDOW_MS);
  const row = await door
    .insertInto('throttles')
    .values({ key, window_started_at: now, tries: 1 })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        tries: sql<number>`case when throttles.window_started_at < ${start} then 1 else throttles.tries + 1 end`,
        window_started_at: sql<Date>`case when throttles.window_started_at < ${start} then ${now} else throttles.window_started_at end`,
      }),
    )
    .returning('tries')
    .executeTakeFirstOrThrow();
  return row.tries;
}
