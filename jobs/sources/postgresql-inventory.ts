/** What a database holds: its tables and how many rows each has. */
import { quoteName, type Session } from './postgresql-connection.ts';
import type { TableCount } from './source.ts';

// A partitioned table has no rows but those of its parts, and what an extension owns is not dumped.
const USER_TABLES = `
  select n.nspname as schema, c.relname as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r'
    and c.relpersistence <> 't'
    and n.nspname <> 'information_schema'
    and n.nspname not like 'pg\\_%'
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
    )
  order by n.nspname, c.relname`;

/** Counts the rows of every user table, one table after the other. In a transaction with a snapshot all counts fit together. */
export async function countRows(session: Session, signal?: AbortSignal): Promise<TableCount[]> {
  const counted: TableCount[] = [];
  for (const { schema, name } of await session.query<{ schema: string; name: string }>(USER_TABLES)) {
    signal?.throwIfAborted();
    const table = `${quoteName(schema)}.${quoteName(name)}`;
    const [row] = await session.queryText(`select count(*) from only ${table}`);
    counted.push({ schema, name, rows: Number(row?.[0]) });
  }
  return counted;
}

/** The version a server says it has, for example `18.4`. */
export async function readServerVersion(session: Session): Promise<string> {
  const [row] = await session.queryText('show server_version');
  return row?.[0]?.split(' ')[0] ?? '';
}
