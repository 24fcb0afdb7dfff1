/** Describes the tables of a migrated database as TypeScript types. */
import pg from 'pg';

const SCALARS: Record<string, string> = {
  uuid: 'string',
  text: 'string',
  bool: 'boolean',
  int4: 'number',
  int8: 'number',
  float8: 'number',
  numeric: 'number',
  timestamptz: 'Date',
  date: 'string',
  jsonb: 'unknown',
  bytea: 'Buffer',
};

const COLUMNS = `
  select c.relname as table, a.attname as column, not a.attnotnull as nullable,
         a.atthasdef or a.attidentity <> '' as generated,
         coalesce(e.typname, t.typname) as type, e.typname is not null as is_array,
         (select array_agg(enumlabel::text order by enumsortorder) from pg_enum where enumtypid = coalesce(e.oid, t.oid)) as labels
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type t on t.oid = a.atttypid
  left join pg_type e on e.oid = t.typelem and t.typcategory = 'A'
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.relname not like 'kysely%'
  order by c.relname, a.attnum`;

interface Column {
  table: string;
  column: string;
  nullable: boolean;
  generated: boolean;
  type: string;
  is_array: boolean;
  labels: string[] | null;
}

/** The text of `plans/tables.ts` for the database at `url`. */
export async function describeTables(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Column>(COLUMNS);
    const tables = Map.groupBy(rows, ({ table }) => table);
    const bodies = [...tables].map(
      ([table, columns]) => `  ${table}: {\n${columns.map(line).join('\n')}\n  };`,
    );
    return `import type { Generated } from 'kysely';

/** The rows of each table, as PostgreSQL returns them. Generated from a migrated database. */
export interface Tables {\n${bodies.join('\n')}\n}\n`;
  } finally {
    await client.end();
  }
}

const line = (column: Column) => `    ${column.column}: ${columnType(column)};`;

function columnType({ type, labels, is_array, nullable, generated }: Column): string {
  const base = labels ? labels.map((label) => `'${label}'`).join(' | ') : SCALARS[type];
  if (!base) throw new Error(`No TypeScript type is known for the PostgreSQL type ${type}.`);
  const whole = (is_array ? `(${base})[]` : base) + (nullable ? ' | null' : '');
  return generated ? `Generated<${whole}>` : whole;
}
