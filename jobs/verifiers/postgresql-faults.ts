/** How a restored PostgreSQL database is hurt for a moment. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { because } from '../recovery-points/finding-codes.ts';
import { quoteName, type Session } from '../sources/postgresql-connection.ts';
import { countRows } from '../sources/postgresql-inventory.ts';
import type { Program } from '../sources/postgresql-programs.ts';
import { runProgram } from '../sources/postgresql-run.ts';
import type { TableCount } from '../sources/source.ts';
import type { Plantable } from './database-faults.ts';
import { checkAssertion } from './postgresql-checks.ts';

/** A restored database with its dump. Everything done to it is rolled back. */
export function plantable(
  session: Session,
  { dumpFile, pgRestore, signal }: { dumpFile: string; pgRestore: Program; signal?: AbortSignal | undefined },
): Plantable {
  return {
    countRows: () => countRows(session),
    check: (assertion) => checkAssertion(session, assertion),
    countQuery: (table) => `select count(*) from only ${quote(table)}`,
    withoutRow: (table, work) =>
      inUndoneTransaction(session, async () => {
        const name = quote(table);
        const deleted = await session
          .query(`delete from only ${name} where ctid = (select ctid from only ${name} limit 1) returning 1`)
          .catch(() => []); // held by something
        return deleted.length === 1 ? work() : null;
      }),
    withoutTable: (table, work) =>
      inUndoneTransaction(session, async () => {
        await session.query(`drop table ${quote(table)} cascade`);
        return work();
      }),
    readHalf: () => readHalf(dumpFile, pgRestore, signal),
  };
}

/** Nothing is written: it is read only. */
async function readHalf(dumpFile: string, pgRestore: Program, signal: AbortSignal | undefined) {
  const { size } = await stat(dumpFile);
  const input = createReadStream(dumpFile, { end: Math.floor(size / 2) - 1 });
  const { status, complaint } = await runProgram(pgRestore, ['--exit-on-error', '--file=/dev/null'], {
    password: '',
    signal,
    input,
  });
  return {
    isCaught: status !== 0 && /end of file/.test(complaint),
    why: complaint ? because('database.dump-refused', { original: complaint }) : null,
    said: complaint || 'accepted',
  };
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
