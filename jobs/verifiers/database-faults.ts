/** Faults planted in a restored database, to see that the checks would have noticed. */
import { type Because, because } from '../recovery-points/finding-codes.ts';
import type { TableCount } from '../sources/source.ts';
import {
  type Assertion,
  compareTables,
  type DatabaseCheck,
  type DatabaseFault,
  nameOf,
} from './database-checks.ts';

// A row may be held by a foreign key or a trigger, a table by what it belongs to; then another table is tried.
const TABLES_TO_TRY = 50;

/** What each kind of database gives so that faults can be planted in it. The table that is dropped may stay so. */
export interface Plantable {
  countRows(): Promise<TableCount[]>;
  check(assertion: Assertion): Promise<DatabaseCheck>;
  /** A question whose answer is the number of a table's rows. */
  countQuery(table: TableCount): string;
  /** Does some work while one row of a table is gone. Null when that row cannot be deleted. */
  withoutRow<T>(table: TableCount, work: () => Promise<T>): Promise<T | null>;
  /** Does some work while a table is gone. Null when that table cannot be dropped. */
  withoutTable<T>(table: TableCount, work: () => Promise<T>): Promise<T | null>;
  /** Reads half of the copy. Caught when that is refused because it ends too soon, and for nothing else. */
  readHalf(): Promise<{ isCaught: boolean; why: Because | null; said: string }>;
}

/** Plants each fault that fits the database: an empty table has no row to delete. `tables` is what the database was seen to hold. */
export async function plantFaults(database: Plantable, tables: TableCount[]): Promise<DatabaseFault[]> {
  const planted = [
    await deleteRow(database, tables),
    await alterCount(database, tables),
    await askUntruth(database, tables),
    await truncateCopy(database),
    await dropTable(database, tables),
  ];
  return planted.filter((fault) => fault !== null);
}

async function deleteRow(database: Plantable, tables: TableCount[]): Promise<DatabaseFault | null> {
  const filled = tables.filter(({ rows }) => rows > 0);
  for (const table of filled.slice(0, TABLES_TO_TRY)) {
    const fault = await database.withoutRow(table, async () =>
      judge('row-deleted', table, await compare(database, tables)),
    );
    if (fault) return fault;
  }
  return null;
}

async function alterCount(database: Plantable, tables: TableCount[]): Promise<DatabaseFault | null> {
  const table = tables.at(-1);
  if (!table) return null;
  const altered = tables.map((one) => (one === table ? { ...one, rows: one.rows + 1 } : one));
  return judge('count-altered', table, await compare(database, altered));
}

async function askUntruth(database: Plantable, tables: TableCount[]): Promise<DatabaseFault | null> {
  const [table] = tables;
  if (!table) return null;
  const asked = await database.check({
    name: 'planted',
    query: database.countQuery(table),
    expectation: { op: '=', value: table.rows + 1 },
  });
  return fault(
    'assertion-untrue',
    asked.verdict === 'failed',
    asked.because,
    `expected ${asked.expected}, observed ${asked.observed}`,
  );
}

async function truncateCopy(database: Plantable): Promise<DatabaseFault> {
  const { isCaught, why, said } = await database.readHalf();
  return fault('dump-truncated', isCaught, why, said);
}

async function dropTable(database: Plantable, tables: TableCount[]): Promise<DatabaseFault | null> {
  for (const table of tables.slice(0, TABLES_TO_TRY)) {
    const fault = await database.withoutTable(table, async () =>
      judge('table-dropped', table, await compare(database, tables)),
    );
    if (fault) return fault;
  }
  return null;
}

async function compare(database: Plantable, tables: TableCount[]): Promise<DatabaseCheck[]> {
  return compareTables(tables, await database.countRows());
}

/** Caught is a fault that the comparison pins on the right table, with the total failing too. */
function judge(
  kind: DatabaseFault['kind'],
  table: TableCount,
  [total, ...rest]: DatabaseCheck[],
): DatabaseFault {
  const pinned = rest.find(({ where }) => where === nameOf(table));
  const finding = pinned
    ? `${pinned.where}: expected ${pinned.expected}, observed ${pinned.observed}`
    : 'not noticed';
  const isCaught = total?.verdict === 'failed' && pinned?.verdict === 'failed';
  return fault(kind, isCaught, pinned?.because ?? null, finding);
}

function fault(
  kind: DatabaseFault['kind'],
  caught: boolean,
  why: Because | null,
  message: string,
): DatabaseFault {
  const finding = { ...(why ?? because('level.fault-not-noticed', {})), message };
  return { kind, level: 'L4', caught, finding };
}
