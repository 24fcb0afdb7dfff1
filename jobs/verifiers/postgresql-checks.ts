/** What a restored database is asked, and how its answers are judged. The planted faults go through these very functions. */
import type { Verdict } from '../recovery-points/contract.ts';
import { type Because, because } from '../recovery-points/finding-codes.ts';
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
  /** What is wrong, for people; null when it passed. */
  because: Because | null;
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
    .map((name) => ({
      ...check('rows of a table', say(wanted.get(name)), say(found.get(name)), 'failed', name),
      because: ofTable(name, wanted.get(name), found.get(name)),
    }));
  const verdict = differing.length > 0 ? 'failed' : names.length > 0 ? 'passed' : 'inconclusive';
  const total = check('tables and rows', sum(wanted), sum(found), verdict, null);
  return [{ ...total, because: ofTotals(verdict, wanted, found) }, ...differing];
}

/** Puts one question, read-only and for a minute at most. A question that cannot be answered is inconclusive. */
export async function checkAssertion(session: Session, assertion: Assertion): Promise<DatabaseCheck> {
  const expected = sayExpectation(assertion.expectation);
  const question = assertion.name;
  const result = (verdict: Verdict, observed: string, why: Because | null): DatabaseCheck => ({
    ...check(question, expected, observed, verdict, null),
    because: why,
  });
  await session.query('begin read only');
  try {
    await session.query(`set local statement_timeout = ${ASSERTION_MS}`);
    const rows = await session.queryText(assertion.query);
    if (rows.length > 1 || (rows[0]?.length ?? 1) !== 1) {
      return result(
        'inconclusive',
        'The query must answer one value: one row with one column.',
        because('database.question-not-one-value', { question }),
      );
    }
    const answer = rows[0]?.[0] ?? null;
    if (holds(assertion.expectation, answer)) return result('passed', answer ?? 'nothing', null);
    const why = answer
      ? because('database.answer-wrong', {
          question,
          expected: inSigns(assertion.expectation),
          found: answer,
        })
      : because('database.answer-empty', { question });
    return result('failed', answer ?? 'nothing', why);
  } catch (error) {
    const { message: original } = error as Error;
    return result(
      'inconclusive',
      `The query could not be run: ${original}`,
      because('database.question-failed', { question, original }),
    );
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
  return { name, level: 'L4', verdict, expected, observed, where, because: null };
}

function ofTable(table: string, expected: number | undefined, found: number | undefined): Because {
  if (found === undefined) return because('database.table-missing', { table });
  if (expected === undefined) return because('database.table-extra', { table });
  return because('database.rows-differ', { table, expected, found });
}

function ofTotals(verdict: Verdict, wanted: Map<string, number>, found: Map<string, number>): Because | null {
  if (verdict === 'passed') return null;
  if (verdict === 'inconclusive') return because('database.no-table', {});
  return because('database.totals-differ', {
    tables: wanted.size,
    rows: rowsOf(wanted),
    foundTables: found.size,
    foundRows: rowsOf(found),
  });
}

function nameOf({ schema, name }: TableCount): string {
  return `${schema}.${name}`;
}

function say(rows: number | undefined): string {
  return rows === undefined ? 'no such table' : `${rows} rows`;
}

function sum(tables: Map<string, number>): string {
  return `${tables.size} tables with ${rowsOf(tables)} rows`;
}

function rowsOf(tables: Map<string, number>): number {
  return [...tables.values()].reduce((all, rows) => all + rows, 0);
}

/** The same for a reader of any language. */
function inSigns(expectation: Expectation): string {
  switch (expectation.op) {
    case 'not-empty':
      return '…';
    case 'between':
      return `${expectation.low} – ${expectation.high}`;
    case '>=':
      return `≥ ${expectation.value}`;
    default:
      return String(expectation.value);
  }
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
