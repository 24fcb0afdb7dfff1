/** The ERP database of the demo: the same small firm's sales, stock and books on every machine. */
import { readFile } from 'node:fs/promises';
import { openSession, quoteName, type Session } from '#/jobs/sources/postgresql-connection.ts';

const SCHEMAS = ['commerce', 'compta', 'stock'];

/** Fills an empty database, all of it or nothing. One that was filled before stays as it is. */
export async function fillErpDatabase(url: string): Promise<{ tables: number; rows: number }> {
  await using session = await openSession(url);
  if (!(await isFilled(session))) await fill(session);
  return await count(session);
}

async function isFilled(session: Session): Promise<boolean> {
  const found = await session.query('select from pg_namespace where nspname = any($1)', [SCHEMAS]);
  return found.length > 0;
}

async function fill(session: Session): Promise<void> {
  // The session ends when a statement fails, and an open transaction with it.
  await session.query('begin');
  await session.query(await read('erp-schema.sql'));
  await session.query(await read('erp-rows.sql'));
  await session.query('commit');
}

async function count(session: Session): Promise<{ tables: number; rows: number }> {
  const tables = await session.query<{ schema: string; name: string }>(
    `select schemaname as schema, tablename as name
     from pg_tables
     where schemaname = any($1)`,
    [SCHEMAS],
  );
  let rows = 0;
  for (const { schema, name } of tables) {
    const [found] = await session.query<{ rows: number }>(
      `select count(*)::int as rows from ${quoteName(schema)}.${quoteName(name)}`,
    );
    rows += found?.rows ?? 0;
  }
  return { tables: tables.length, rows };
}

const read = (name: string) => readFile(new URL(`./content/${name}`, import.meta.url), 'utf8');
