/** How a restored PostgreSQL database is asked. */
import { quoteName, type Session } from '../sources/postgresql-connection.ts';
import { type Assertion, type DatabaseCheck, judgeAnswer } from './database-checks.ts';

const ASSERTION_MS = 60_000;

/** Puts one question, read-only and for a minute at most. */
export async function checkAssertion(session: Session, assertion: Assertion): Promise<DatabaseCheck> {
  await session.query('begin read only');
  try {
    await session.query(`set local statement_timeout = ${ASSERTION_MS}`);
    return await judgeAnswer(assertion, session.queryText, { true: 't', false: 'f' });
  } finally {
    await session.query('rollback');
  }
}

/**
 * Lets the owner of the restored tables see all their rows. Tables may force their policies on their owner too, and the
 * roles these name are not part of a dump.
 */
export async function openTables(session: Session): Promise<void> {
  const forced = await session.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     where c.relforcerowsecurity`,
  );
  for (const { schema, name } of forced) {
    await session.query(`alter table ${quoteName(schema)}.${quoteName(name)} no force row level security`);
  }
  await session.query('set row_security = off');
}
