/** Looks for a text in each row of each table, of ours and of the queue, also as hexadecimal or base64. */
import type { openSession } from '#/jobs/sources/postgresql-connection.ts';

type Session = Awaited<ReturnType<typeof openSession>>;

/** Answers what finds the tables that hold a text. */
export async function openSearch(session: Session): Promise<(text: string) => Promise<string[]>> {
  const tables = await session.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'`,
  );
  if (!tables.some(({ name }) => name === 'pgboss.job')) throw new Error('The queue is not looked through.');
  return async (text) => {
    const forms = [
      text,
      Buffer.from(text).toString('hex'),
      Buffer.from(text).toString('base64').slice(0, -4),
    ];
    const where = forms.map((form) => `row::text like '%${form}%'`).join(' or ');
    const looks = tables.map(
      ({ name }) => `select '${name}' as name where exists (select from ${name} as row where ${where})`,
    );
    return (await session.query<{ name: string }>(looks.join(' union all '))).map(({ name }) => name);
  };
}
