/** How a restored MariaDB database is asked. */
import type { Session } from '../sources/mariadb-connection.ts';
import { type Assertion, type DatabaseCheck, judgeAnswer } from './database-checks.ts';

const ASSERTION_SECONDS = 60;

/** Puts one question, read-only and for a minute at most. The session's role may do nothing but read. */
export async function checkAssertion(session: Session, assertion: Assertion): Promise<DatabaseCheck> {
  await session.query(`set session max_statement_time = ${ASSERTION_SECONDS}`);
  await session.query('start transaction read only');
  try {
    return await judgeAnswer(assertion, session.query, { true: '1', false: '0' });
  } finally {
    await session.query('rollback');
  }
}
