/** The accounts, roles and rights of a MariaDB or MySQL server, as statements that make them again. */
import { quoteText, type Session } from './mariadb-connection.ts';

/** The server's own accounts, which every server makes for itself. */
const OF_THE_SERVER = ['mariadb.sys', 'mysql.sys', 'mysql.session', 'mysql.infoschema', 'PUBLIC'];

/**
 * Writes every account with its password's hash, and every right. Throws the server's error where the role may not read
 * them. Rights come last: they may name roles.
 */
export async function describeUsers(session: Session): Promise<string> {
  await askForHashesInHex(session);
  const accounts = await listAccounts(session);
  const created: string[] = [];
  const granted: string[] = [];
  for (const { name, host, isRole } of accounts) {
    const quoted = isRole ? quoteText(name) : `${quoteText(name)}@${quoteText(host)}`;
    if (isRole) created.push(`create role if not exists ${quoted}`);
    else created.push(...(await firstColumn(session, `show create user ${quoted}`)));
    granted.push(...(await firstColumn(session, `show grants for ${quoted}`)));
  }
  const lines = [...created, ...granted].map((statement) => `${statement};\n`);
  return `-- Accounts and rights of the whole server, not of this database alone.\n${lines.join('')}`;
}

/** MySQL's newer hashes are bytes, not text. Older ones, and MariaDB, have no such switch. */
async function askForHashesInHex(session: Session): Promise<void> {
  const [known] = await session.query("show variables like 'print_identified_with_as_hex'");
  if (known) await session.query('set session print_identified_with_as_hex = on');
}

async function listAccounts(session: Session): Promise<{ name: string; host: string; isRole: boolean }[]> {
  const [columns] = await session.query(
    `select count(*) from information_schema.columns where table_schema = 'mysql' and table_name = 'user' and column_name = 'is_role'`,
  );
  const role = columns?.[0] === '0' ? `'N'` : 'is_role';
  const rows = await session.query(`select user, host, ${role} from mysql.user order by user, host`);
  return rows
    .map(([name, host, isRole]) => ({ name: name!, host: host!, isRole: isRole === 'Y' }))
    .filter(({ name }) => !OF_THE_SERVER.includes(name));
}

/** MySQL gives `show create user` one column, MariaDB too; `show grants` one statement a row. */
async function firstColumn(session: Session, sql: string): Promise<string[]> {
  return (await session.query(sql)).map(([statement]) => statement!);
}
