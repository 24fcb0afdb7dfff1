/** What a restored database is asked, and how its answers are judged. The planted faults go through these very functions. */
import type { Verdict } from '../recovery-points/contract.ts';
import { quoteName, type Session } from '../sources/postgresql-connection.ts';
import type { TableCount } from '../sources/postgresql-inventory.ts';

const ASSERTION_MS = 60_000;

/** What one answer must be. */
export type Expectation =
  | { op: '='; value: string | number | boolean }
  | { op: '>='; value: number }
  | { op: 'between'; low: number; high: number }
  | { op: 'not-empty' };

/** A question whose answer is one value. */
export interface Assertion {
  name: string;
  query: string;
  expectation: Expectation;
}

/** One thing that was looked at. `where` names the table. */
export interface DatabaseCheck {
  name: string;
  level: 'L4';
  verdict: Verdict;
  expected: string;
  observed: string;
  where: string | null;
}

/**
 * Compares the tables and rows of a database with those counted when it was backed up, both ways. Gives one check for
 * all tables together, and one for each table that is missing, extra or has another number of rows. No table at all on either side proves nothing.
 */
export function compareTables(expected: TableCount[], observed: TableCount[]): DatabaseCheck[] {
  const wanted = new Map(expected.map((table) => [nameOf(table), table.rows]));
  const found = new Map(observed.map((table) => [nameOf(table), table.rows]));
  const names = [...new Set([...wanted.keys(), ...found.keys()])].sort();
  const differing = names
    .filter((name) => wanted.get(name) !== found.get(name))
    .map((name) => check('rows of a table', say(wanted.get(name)), say(found.get(name)), 'failed', name));
  const verdict = differing.length > 0 ? 'failed' : names.length > 0 ? 'passed' : 'inconclusive';
  return [check('tables and rows', sum(wanted), sum(found), verdict, null), ...differing];
}

/** Puts one question, read-only and for a minute at most. A question that cannot be answered is inconclusive. */
export async function checkAssertion(session: Session, assertion: Assertion): Promise<DatabaseCheck> {
  const expected = sayExpectation(assertion.expectation);
  const result = (verdict: Verdict, observed: string) =>
    check(assertion.name, expected, observed, verdict, null);
  await session.query('begin read only');
  try {
    await session.query(`set local statement_timeout = ${ASSERTION_MS}`);
    const rows = await session.queryText(assertion.query);
    if (rows.length > 1 || (rows[0]?.length ?? 1) !== 1) {
      return result('inconclusive', 'The query must answer one value: one row with one column.');
    }
    const answer = rows[0]?.[0] ?? null;
    return result(holds(assertion.expectation, answer) ? 'passed' : 'failed', answer ?? 'nothing');
  } catch (error) {
    return result('inconclusive', `The query could not be run: ${(error as Error).message}`);
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

function holds(expectation: Expectation, answer: string | null): boolean {
  if (answer === null) return false;
  switch (expectation.op) {
    case 'not-empty':
      return answer !== '';
    case '=':
      return isSame(expectation.value, answer);
    case '>=':
      return toNumber(answer) >= expectation.value;
    case 'between':
      return toNumber(answer) >= expectation.low && toNumber(answer) <= expectation.high;
  }
}

// PostgreSQL writes a boolean as t or f, and a number with the zeros of its type.
function isSame(value: string | number | boolean, answer: string): boolean {
  if (typeof value === 'boolean') return answer === (value ? 't' : 'f');
  if (typeof value === 'number') return toNumber(answer) === value;
  return answer === value;
}

/** NaN for what is no number, so that no comparison holds. */
function toNumber(answer: string): number {
  return answer.trim() === '' ? Number.NaN : Number(answer);
}

function check(
  name: string,
  expected: string,
  observed: string,
  verdict: Verdict,
  where: string | null,
): DatabaseCheck {
  return { name, level: 'L4', verdict, expected, observed, where };
}

function nameOf({ schema, name }: TableCount): string {
  return `${schema}.${name}`;
}

function say(rows: number | undefined): string {
  return rows === undefined ? 'no such table' : `${rows} rows`;
}

function sum(tables: Map<string, number>): string {
  return `${tables.size} tables with ${[...tables.values()].reduce((all, rows) => all + rows, 0)} rows`;
}

function sayExpectation(expectation: Expectation): string {
  switch (expectation.op) {
    case 'not-empty':
      return 'a value';
    case 'between':
      return `between ${expectation.low} and ${expectation.high}`;
    default:
      return `${expectation.op} ${expectation.value}`;
  }
}
