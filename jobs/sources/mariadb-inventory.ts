/** What a MariaDB or MySQL database holds, as far as the role may see it. */
import { quoteName, type Session } from './mariadb-connection.ts';
import type { TableCount } from './source.ts';

/** A table with rows of its own. */
export interface Table {
  name: string;
  engine: string;
  /** Whether its engine takes part in a snapshot. */
  isTransactional: boolean;
  /** Whether it keeps the rows that were. They are dumped and counted too. */
  keepsHistory: boolean;
}

const TABLES = `
  select t.table_name, coalesce(t.engine, ''), coalesce(e.transactions, 'NO'), t.table_type
  from information_schema.tables t
  left join information_schema.engines e on e.engine = t.engine
  where t.table_schema = database() and t.table_type in ('BASE TABLE', 'SYSTEM VERSIONED')
  order by t.table_name`;

const OBJECTS = `
  select case table_type when 'SEQUENCE' then 'sequence' else 'view' end as kind, table_name as name
  from information_schema.tables
  where table_schema = database() and table_type in ('VIEW', 'SEQUENCE')
  union all
  select 'trigger', trigger_name from information_schema.triggers where trigger_schema = database()
  union all
  select lower(routine_type), routine_name from information_schema.routines where routine_schema = database()
  union all
  select 'event', event_name from information_schema.events where event_schema = database()
  order by 1, 2`;

/** What a role needs on the whole database so that nothing is hidden from it. Without it, tables or triggers just seem absent. */
const NEEDED = ['SELECT', 'SHOW VIEW', 'TRIGGER', 'EVENT', 'EXECUTE'];

const HELD = `
  select privilege_type from information_schema.user_privileges
  union
  select privilege_type from information_schema.schema_privileges where database() like table_schema`;

export async function listTables(session: Session): Promise<Table[]> {
  const rows = await session.query(TABLES);
  return rows.map(([name, engine, transactions, type]) => ({
    name: name!,
    engine: engine!,
    isTransactional: transactions === 'YES',
    keepsHistory: type === 'SYSTEM VERSIONED',
  }));
}

/** Everything else that a dump must bring back, as `view name`. */
export async function listObjects(session: Session): Promise<string[]> {
  return (await session.query(OBJECTS)).map(([kind, name]) => `${kind} ${name}`);
}

/** Counts the rows of tables, one after the other. In a transaction with a snapshot all counts fit together. */
export async function countRows(
  session: Session,
  tables: Pick<Table, 'name' | 'keepsHistory'>[],
  signal?: AbortSignal,
): Promise<TableCount[]> {
  const counted: TableCount[] = [];
  for (const { name, keepsHistory } of tables) {
    signal?.throwIfAborted();
    const history = keepsHistory ? ' for system_time all' : '';
    const [row] = await session.query(`select count(*) from ${quoteName(name)}${history}`);
    counted.push({ schema: '', name, rows: Number(row?.[0]) });
  }
  return counted;
}

/** Rights that the role has neither on the server nor on the database. */
export async function missingRights(session: Session): Promise<string[]> {
  const held = new Set((await session.query(HELD)).map(([right]) => right));
  return NEEDED.filter((right) => !held.has(right));
}
