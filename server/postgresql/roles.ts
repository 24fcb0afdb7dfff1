/** Who may do what in the embedded PostgreSQL. */
import { openSession, quoteName, quoteText, type Session } from '#/jobs/sources/postgresql-connection.ts';
import type { Secrets } from './cluster.ts';

/** The service's database. */
export const DATABASE = 'reprise';

/** Owns the database and its tables, and migrates. */
export const OWNER = 'reprise_owner';

/** What the service connects as: owns nothing, bound by row security, may do what `reprise_service` was granted. */
export const SERVICE = 'reprise';

const SERVICE_RIGHTS = 'reprise_service';

/** Makes the roles and the database that are missing. Safe to call at each start and from several processes at once. */
export async function prepareRoles(superuserUrl: string, { owner, service }: Secrets): Promise<void> {
  await using session = await openSession(superuserUrl);
  await session.query(`select pg_advisory_lock(hashtext('reprise-roles'))`);
  await createRole(session, SERVICE_RIGHTS, 'nologin');
  await createRole(session, OWNER, `login createrole password ${quoteText(owner)}`);
  await createRole(
    session,
    SERVICE,
    `login nosuperuser nobypassrls in role ${SERVICE_RIGHTS} password ${quoteText(service)}`,
  );
  // What PostgreSQL gives by itself to whoever creates a role: the right to hand it on, and no more.
  await session.query(`grant ${SERVICE_RIGHTS} to ${OWNER} with admin true, inherit false, set false`);
  await createDatabase(session);
  await closeDatabases(session);
}

async function createRole(session: Session, name: string, options: string): Promise<void> {
  const known = await session.query('select from pg_roles where rolname = $1', [name]);
  if (known.length === 0) await session.query(`create role ${quoteName(name)} ${options}`);
}

async function createDatabase(session: Session): Promise<void> {
  const known = await session.query('select from pg_database where datname = $1', [DATABASE]);
  if (known.length === 0) await session.query(`create database ${DATABASE} owner ${OWNER}`);
  await session.query(`grant connect on database ${DATABASE} to ${SERVICE}`);
}

// By default everybody may connect everywhere. The roles of restore tests must reach their own database only.
async function closeDatabases(session: Session): Promise<void> {
  for (const name of [DATABASE, 'postgres', 'template1']) {
    await session.query(`revoke connect, temporary on database ${name} from public`);
  }
}
