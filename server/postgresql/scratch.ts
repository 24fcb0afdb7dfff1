/** Databases that live for one restore test, each with a role that can do nothing outside of it. */
import { randomBytes } from 'node:crypto';
import { openSession, quoteName, quoteText, type Session } from '#/jobs/sources/postgresql-connection.ts';

const PREFIX = 'reprise_scratch_';
const HOUR_MS = 3_600_000;

/** An empty database. `url` carries a password and names the restricted role. */
export interface Scratch extends AsyncDisposable {
  url: string;
  /** Ends the sessions on it, and removes database and role. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database and the role that owns it: no superuser, makes neither roles nor databases, and may connect
 * nowhere else where `public` may not. Needs a superuser's address.
 */
export async function openScratch(superuserUrl: string, now = new Date()): Promise<Scratch> {
  const name = `${PREFIX}${Math.floor(now.getTime() / 1000)}_${randomBytes(6).toString('hex')}`;
  const password = randomBytes(24).toString('base64url');
  await using session = await openSession(superuserUrl);
  await session.query(
    `create role ${quoteName(name)} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password ${quoteText(password)}`,
  );
  try {
    await session.query(`create database ${quoteName(name)} owner ${quoteName(name)} template template0`);
    await session.query(`revoke all on database ${quoteName(name)} from public`);
  } catch (error) {
    await dropScratch(session, name);
    throw error;
  }

  const drop = async () => {
    await using last = await openSession(superuserUrl);
    await dropScratch(last, name);
  };
  const url = new URL(superuserUrl);
  Object.assign(url, { username: name, password, pathname: `/${name}` });
  return { url: url.href, drop, [Symbol.asyncDispose]: drop };
}

/** Removes the databases and roles of restore tests that never ended, older than `hours`. Returns how many there were. */
export async function dropLeftovers(superuserUrl: string, hours: number, now = new Date()): Promise<number> {
  await using session = await openSession(superuserUrl);
  const rows = await session.query<{ name: string }>(
    `select datname as name from pg_database where starts_with(datname, $1)
     union select rolname from pg_roles where starts_with(rolname, $1)
     limit 1000`,
    [PREFIX],
  );
  const old = rows.filter(({ name }) => now.getTime() - madeAt(name) > hours * HOUR_MS);
  for (const { name } of old) await dropScratch(session, name);
  return old.length;
}

async function dropScratch(session: Session, name: string): Promise<void> {
  await session.query(`drop database if exists ${quoteName(name)} with (force)`);
  await session.query(`drop role if exists ${quoteName(name)}`);
}

/** Milliseconds since 1970 at which a scratch database was made, from its name. */
function madeAt(name: string): number {
  return Number(name.slice(PREFIX.length).split('_')[0]) * 1000;
}
