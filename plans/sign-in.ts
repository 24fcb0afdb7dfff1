/**
 * The door: how a mail address and a password become a session, and a session or token becomes an actor.
 * These functions run before a provider is known, in a transaction that sees only what was shown.
 */
import { sql, type Transaction } from 'kysely';
import { canonical, sha256 } from './canonical.ts';
import { Refusal } from './errors.ts';
import { scopeOf } from './people.ts';
import { factorDue, findRulesOf, isOver, type SignInRulesRow } from './sign-in-rules.ts';
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
  /** When who sits there last showed who they are; null for a token. */
  confirmedAt: Date | null;
  /** The provider asks for a second factor, the days of grace are over, and this session had none. */
  mustAddFactor: boolean;
}

/** A transaction that sees only what was shown. */
export type Door = Transaction<Tables>;

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
  const account = await countUnder(door, sha256(canonical({ account: email })), now);
  const place = await countUnder(door, sha256(canonical({ address })), now);
  return account > TRIES_PER_ACCOUNT || place > TRIES_PER_ADDRESS;
}

const RESETS_PER_ACCOUNT = 3;
const RESETS_PER_ADDRESS = 20;

/** Counts a wish for a mail with a link, apart from tries to sign in: nobody locks another out by asking for mails. */
export async function countWish(
  door: Door,
  { email, address, now }: { email: string; address: string; now: Date },
) {
  const account = await countUnder(door, sha256(canonical({ wish: email })), now);
  const place = await countUnder(door, sha256(canonical({ wishesFrom: address })), now);
  return account > RESETS_PER_ACCOUNT || place > RESETS_PER_ADDRESS;
}

/** Counts a try of somebody who names nobody. */
export async function countPlace(door: Door, { address, now }: { address: string; now: Date }) {
  return (await countUnder(door, sha256(canonical({ address })), now)) > TRIES_PER_ADDRESS;
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

/** Providers at which the person that was shown has access, the first one first. */
export async function listOwnProviders(door: Door, person: string, now: Date): Promise<string[]> {
  const memberships = await door
    .selectFrom('memberships')
    .select('provider_id')
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .orderBy('created_at')
    .limit(100)
    .execute();
  return memberships.map(({ provider_id }) => provider_id);
}

/** Opens a session for the person that was shown, at the first provider whose membership is not over. */
export async function openSession(
  door: Door,
  {
    person,
    hash,
    address,
    hasSecondFactor,
    now,
  }: { person: string; hash: string; address: string; hasSecondFactor: boolean; now: Date },
): Promise<{ provider: string } | null> {
  const [provider] = await listOwnProviders(door, person, now);
  if (!provider) return null;
  const { session_hours } = await findRulesOf(door, provider);
  await door
    .insertInto('sessions')
    .values({
      hash,
      provider_id: provider,
      person_id: person,
      created_at: now,
      seen_at: now,
      confirmed_at: now,
      expires_at: new Date(now.getTime() + session_hours * 3_600_000),
      has_second_factor: hasSecondFactor,
      address,
    })
    .execute();
  return { provider };
}

/** Whom the session that was shown belongs to; null when there is none, or it is over. */
export async function admitSession(door: Door, hash: string, now: Date): Promise<Admitted | null> {
  const session = await door
    .selectFrom('sessions')
    .selectAll()
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (!session) return null;
  await sql`select set_config('app.person_id', ${session.person_id}, true)`.execute(door);
  const rules = await findRulesOf(door, session.provider_id);
  if (isOver(session, rules, now)) return null;
  if (now.getTime() - session.seen_at.getTime() > 60_000)
    await door.updateTable('sessions').set({ seen_at: now }).where('hash', '=', hash).execute();
  return admitMember(door, session, rules, now);
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
    confirmedAt: null,
    mustAddFactor: false,
    actor: {
      kind: 'token',
      id: token.id,
      name: token.name,
      role: token.role,
      scopes: token.scopes as TokenScope[],
    },
  };
}

/** Whose token it was that was shown, where it lets nobody in any more; null for one that never was. */
export async function findRefusedToken(
  door: Door,
  hash: string,
): Promise<{ provider: string; actor: Actor } | null> {
  const token = await door
    .selectFrom('api_tokens')
    .select(['provider_id', 'id', 'name', 'role'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (!token) return null;
  const { provider_id: provider, id, name, role } = token;
  return { provider, actor: { kind: 'token', id, name, role, scopes: [] } };
}

/** Says that nobody is signed in, without saying why. */
export const notSignedIn = () => new Refusal('unauthenticated', 'sign-in.needed');

async function admitMember(
  door: Door,
  session: {
    hash: string;
    person_id: string;
    provider_id: string;
    confirmed_at: Date;
    has_second_factor: boolean;
  },
  rules: SignInRulesRow,
  now: Date,
): Promise<Admitted | null> {
  const { hash, person_id, provider_id } = session;
  const member = await door
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['role', 'sees_all_clients', 'valid_until', 'ended_at', 'people.name', 'people.locale'])
    .select('memberships.created_at')
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
  const due = factorDue(rules, { role: member.role, joined: member.created_at });
  return {
    provider: provider_id,
    clients,
    locale: member.locale,
    actor,
    session: hash,
    confirmedAt: session.confirmed_at,
    mustAddFactor: due !== null && due <= now && !session.has_second_factor,
  };
}

/** Forgets sessions, links and steps that are over, and counts of tries that count no more. */
export async function forgetOver(door: Door, now: Date): Promise<void> {
  await sql`select forget_sessions(${now})`.execute(door);
  await sql`select forget_door(${now})`.execute(door);
  await door
    .deleteFrom('throttles')
    .where('window_started_at', '<', new Date(now.getTime() - THROTTLE_WINDOW_MS))
    .execute();
}

/** Counts one more under a key, within the window. */
export async function countUnder(door: Door, key: string, now: Date): Promise<number> {
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
