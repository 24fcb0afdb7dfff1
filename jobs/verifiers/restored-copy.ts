/** Which of a point's files is the copy of the database. Other files lie beside it: accounts, roles, how it was made. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatabaseInventory } from '../sources/source.ts';

const ENDINGS: Record<DatabaseInventory['kind'], string> = {
  postgresql: '.dump',
  mariadb: 'dump.sql',
  sqlite: '',
};

/** The file's path, or null when there is none. */
export async function findCopy(folder: string, kind: DatabaseInventory['kind']): Promise<string | null> {
  const name = (await readdir(folder)).find((one) => one.endsWith(ENDINGS[kind]));
  return name === undefined ? null : join(folder, name);
}
