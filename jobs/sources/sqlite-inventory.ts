/** What a SQLite database holds, and whether it is sound. All of this blocks: it is for processes that do nothing else. */
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { TableCount } from './source.ts';

/** SQLite's number for a file that is not as it must be. */
const CORRUPT = 11;

/** Opens a file that nobody else writes, in a way that leaves nothing beside it. */
export function openStill(file: string): DatabaseSync {
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, { readOnly: true });
}

/** Counts the rows of every table. Virtual tables keep theirs in tables of their own, which are counted. */
export function countRows(database: DatabaseSync): TableCount[] {
  const tables = database
    .prepare(
      `select name from pragma_table_list
       where schema = 'main' and type in ('table', 'shadow') and name not like 'sqlite\\_%' escape '\\'
       order by name`,
    )
    .all() as { name: string }[];
  return tables.map(({ name }) => {
    const counting = database.prepare(`select count(*) as rows from ${quoteName(name)}`);
    return { schema: '', name, rows: Number(counting.get()?.rows) };
  });
}

/** What SQLite finds wrong in the file, or null. */
export function findDamage(database: DatabaseSync): string | null {
  try {
    const found = database.prepare('pragma integrity_check(20)').all() as { integrity_check: string }[];
    const lines = found.map((row) => row.integrity_check).filter((line) => line !== 'ok');
    return lines.length === 0 ? null : lines.join('; ').slice(0, 1000);
  } catch (error) {
    const { errcode = 0, message } = error as Error & { errcode?: number };
    if ((errcode & 0xff) === CORRUPT) return message;
    throw error;
  }
}

/** How many rows point at nothing. */
export function countBrokenReferences(database: DatabaseSync): number {
  return Number(database.prepare('select count(*) as broken from pragma_foreign_key_check').get()?.broken);
}

/** Writes a name as SQL needs it, in quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
