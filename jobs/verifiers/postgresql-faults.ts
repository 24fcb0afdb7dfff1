/** Faults planted in a restored database, to see that the checks would have noticed. Each is undone at once. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Because, because, type Finding } from '../recovery-points/finding-codes.ts';
import { quoteName, type Session } from '../sources/postgresql-connection.ts';
import { countRows, type TableCount } from '../sources/postgresql-inventory.ts';
import type { Program } from '../sources/postgresql-programs.ts';
import { runProgram } from '../sources/postgresql-run.ts';
import { checkAssertion, compareTables, type DatabaseCheck } from './postgresql-checks.ts';

// A row may be held by a foreign key or a trigger; then another table is tried.
const TABLES_TO_TRY = 50;

/** A planted fault. Caught means: the check that must notice it failed, and for that reason. */
export interface DatabaseFault {
  kind: 'row-deleted' | 'table-dropped' | 'count-altered' | 'assertion-untrue' | 'dump-truncated';
  level: 'L4';
  caught: boolean;
  finding: Finding;
}

/** Plants each fault that fits the database: an empty table has no row to delete. `tables` is what the database was seen to hold. */
export async function plantFaults(
  session: Session,
  {
    tables,
    dumpFile,
    pgRestore,
    signal,
  }: {
    tables: TableCount[];
    dumpFile: string;
    pgRestore: Program;
    signal?: AbortSignal | undefined;
  },
): Promise<DatabaseFault[]> {
  const planted = [
    await deleteRow(session, tables),
    await dropTable(session, tables),
    await alterCount(session, tables),
    await askUntruth(session, tables),
    await truncateDump(dumpFile, pgRestore, signal),
  ];
  return planted.filter((fault) => fault !== null);
}

async function deleteRow(session: Session, tables: TableCount[]): Promise<DatabaseFault | null> {
  const filled = tables.filter(({ rows }) => rows > 0);
  for (const table of filled.slice(0, TABLES_TO_TRY)) {
    const name = quote(table);
    const fault = await inUndoneTransaction(session, async () => {
      const deleted = await session
        .query(`delete from only ${name} where ctid = (select ctid from only ${name} limit 1) returning 1`)
        .catch(() => []); // held by something: another table is tried
      return deleted.length === 1 ? judge('row-deleted', table, await compare(session, tables)) : null;
    });
    if (fault) return fault;
  }
  return null;
}

async function dropTable(session: Session, tables: TableCount[]): Promise<DatabaseFault | null> {
  const [table] = tables;
  if (!table) return null;
  return inUndoneTransaction(session, async () => {
    await session.query(`drop table ${quote(table)} cascade`);
    return judge('table-dropped', table, await compare(session, tables));
  });
}

async function alterCount(session: Session, tables: TableCount[]): Promise<DatabaseFault | null> {
  const table = tables.at(-1);
  if (!table) return null;
  const altered = tables.map((one) => (one === table ? { ...one, rows: one.rows + 1 } : one));
  return judge('count-altered', table, await compare(session, altered));
}

async function askUntruth(session: Session, tables: TableCount[]): Promise<DatabaseFault | null> {
  const [table] = tables;
  if (!table) return null;
  const {
    verdict,
    observed,
    expected,
    because: why,
  } = await checkAssertion(session, {
    name: 'planted',
    query: `select count(*) from only ${quote(table)}`,
    expectation: { op: '=', value: table.rows + 1 },
  });
  return fault('assertion-untrue', verdict === 'failed', why, `expected ${expected}, observed ${observed}`);
}

/** Half a dump must be refused because it ends too soon, and for nothing else. Nothing is written: it is read only. */
async function truncateDump(
  dumpFile: string,
  pgRestore: Program,
  signal: AbortSignal | undefined,
): Promise<DatabaseFault> {
  const { size } = await stat(dumpFile);
  const input = createReadStream(dumpFile, { end: Math.floor(size / 2) - 1 });
  const { status, complaint } = await runProgram(pgRestore, ['--exit-on-error', '--file=/dev/null'], {
    password: '',
    signal,
    input,
  });
  const why = complaint ? because('database.dump-refused', { original: complaint }) : null;
  return fault('dump-truncated', status !== 0 && /end of file/.test(complaint), why, complaint || 'accepted');
}

async function compare(session: Session, tables: TableCount[]): Promise<DatabaseCheck[]> {
  return compareTables(tables, await countRows(session));
}

/** Caught is a fault that the comparison pins on the right table, with the total failing too. */
function judge(
  kind: DatabaseFault['kind'],
  table: TableCount,
  [total, ...rest]: DatabaseCheck[],
): DatabaseFault {
  const pinned = rest.find(({ where }) => where === `${table.schema}.${table.name}`);
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

async function inUndoneTransaction<T>(session: Session, work: () => Promise<T>): Promise<T> {
  await session.query('begin');
  try {
    return await work();
  } finally {
    await session.query('rollback');
  }
}

function quote({ schema, name }: TableCount): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
