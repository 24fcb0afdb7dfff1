/** What any restored database is asked, and how its answers are judged. The planted faults go through these very functions. */
import type { Progress, Verdict } from '../recovery-points/contract.ts';
import { type Because, because, type Finding } from '../recovery-points/finding-codes.ts';
import type { TableCount } from '../sources/source.ts';

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

/** A planted fault. Caught means: the check that must notice it failed, and for that reason. */
export interface DatabaseFault {
  kind: 'row-deleted' | 'table-dropped' | 'count-altered' | 'assertion-untrue' | 'dump-truncated';
  level: 'L4';
  caught: boolean;
  finding: Finding;
}

/** What every proof of a database is given besides the copy itself. */
export interface ProofOptions {
  assertions: Assertion[];
  onProgress?: (progress: Progress) => void;
  signal?: AbortSignal;
}

export interface ProofResult {
  /** The worst of all checks; `failed` as well when a planted fault was not caught. */
  verdict: Verdict;
  /** Why it did not pass. */
  finding: Finding | null;
  /** From the start of the restore to the last check; planted faults are not counted. Null when nothing was restored. */
  seconds: number | null;
  checks: DatabaseCheck[];
  plantedFaults: DatabaseFault[];
  /** Programs and versions that did the work. */
  tools: Record<string, string>;
}

/** The result where nothing was restored. */
export const NOTHING = { seconds: null, checks: [], plantedFaults: [] };

/** Puts checks and planted faults together to a result. */
export function conclude({
  checks,
  plantedFaults,
  ...rest
}: Pick<ProofResult, 'checks' | 'plantedFaults' | 'seconds' | 'tools'>): ProofResult {
  const verdict = plantedFaults.every(({ caught }) => caught) ? worst(checks) : 'failed';
  return { verdict, finding: findingOf(checks, plantedFaults), checks, plantedFaults, ...rest };
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

/** A table's name as the checks write it. */
export function nameOf({ schema, name }: TableCount): string {
  return schema === '' ? name : `${schema}.${name}`;
}

/** What a database makes of a question: the rows of its answer, as text. Throws what the database says against it. */
export type Answer = (query: string) => Promise<(string | null)[][]>;

/** Words of a database for yes and no. */
export interface Booleans {
  true: string;
  false: string;
}

/** Puts one question and judges the answer. A question that cannot be answered is inconclusive. */
export async function judgeAnswer(
  { name: question, query, expectation }: Assertion,
  ask: Answer,
  booleans: Booleans,
): Promise<DatabaseCheck> {
  const expected = sayExpectation(expectation);
  const result = (verdict: Verdict, observed: string, why: Because | null): DatabaseCheck => ({
    ...check(question, expected, observed, verdict, null),
    because: why,
  });
  try {
    const rows = await ask(query);
    if (rows.length > 1 || (rows[0]?.length ?? 1) !== 1) {
      return result(
        'inconclusive',
        'The query must answer one value: one row with one column.',
        because('database.question-not-one-value', { question }),
      );
    }
    const answer = rows[0]?.[0] ?? null;
    if (holds(expectation, answer, booleans)) return result('passed', answer ?? 'nothing', null);
    const why = answer
      ? because('database.answer-wrong', { question, expected: inSigns(expectation), found: answer })
      : because('database.answer-empty', { question });
    return result('failed', answer ?? 'nothing', why);
  } catch (error) {
    const { message: original } = error as Error;
    return result(
      'inconclusive',
      `The query could not be run: ${original}`,
      because('database.question-failed', { question, original }),
    );
  }
}

/** One check that nothing more is said of. */
export function check(
  name: string,
  expected: string,
  observed: string,
  verdict: Verdict,
  where: string | null,
): DatabaseCheck {
  return { name, level: 'L4', verdict, expected, observed, where, because: null };
}

function worst(checks: DatabaseCheck[]): Verdict {
  const verdicts = new Set(checks.map(({ verdict }) => verdict));
  if (verdicts.has('failed')) return 'failed';
  return verdicts.has('inconclusive') ? 'inconclusive' : 'passed';
}

function findingOf(checks: DatabaseCheck[], faults: DatabaseFault[]): Finding | null {
  const missed = faults.find(({ caught }) => !caught);
  if (missed)
    return {
      ...because('level.fault-missed', { fault: missed.kind }),
      message: `The planted fault ${missed.kind} was not caught: ${missed.finding.message}.`,
    };
  const bad =
    checks.find(({ verdict }) => verdict === 'failed') ?? checks.find(({ verdict }) => verdict !== 'passed');
  if (!bad?.because) return null;
  const message = `${bad.where ?? bad.name}: expected ${bad.expected}, observed ${bad.observed}.`;
  return { ...bad.because, message };
}

function holds(expectation: Expectation, answer: string | null, booleans: Booleans): boolean {
  if (answer === null) return false;
  switch (expectation.op) {
    case 'not-empty':
      return answer !== '';
    case '=':
      return isSame(expectation.value, answer, booleans);
    case '>=':
      return toNumber(answer) >= expectation.value;
    case 'between':
      return toNumber(answer) >= expectation.low && toNumber(answer) <= expectation.high;
  }
}

// A number may come with the zeros of its type.
function isSame(value: string | number | boolean, answer: string, booleans: Booleans): boolean {
  if (typeof value === 'boolean') return answer === booleans[value ? 'true' : 'false'];
  if (typeof value === 'number') return toNumber(answer) === value;
  return answer === value;
}

/** NaN for what is no number, so that no comparison holds. */
function toNumber(answer: string): number {
  return answer.trim() === '' ? Number.NaN : Number(answer);
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
