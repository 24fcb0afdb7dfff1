import { openSession, quoteName, quoteText } from '#/jobs/sources/postgresql-connection.ts';
import { fillErpDatabase } from './erp-database.ts';

const ERP = 'demo_erp';

/** Makes the ERP database of the demo beside the service's own, and answers the address that backs it up. */
export async function makeErpSource(superuserUrl: string, password: string): Promise<string> {
  await using session = await openSession(superuserUrl);
  const roles = await session.query('select from pg_roles where rolname = $1', [ERP]);
  if (roles.length === 0)
    await session.query(`create role ${quoteName(ERP)} login password ${quoteText(password)}`);
  const databases = await session.query('select from pg_database where datname = $1', [ERP]);
  if (databases.length === 0)
    await session.query(`create database ${quoteName(ERP)} owner ${quoteName(ERP)}`);

  const url = new URL(superuserUrl);
  Object.assign(url, { username: ERP, password, pathname: `/${ERP}` });
  await fillErpDatabase(url.href);
  return url.href;
}
