/** How a restored MariaDB database is hurt. */
import { quoteName, type Session } from '../sources/mariadb-connection.ts';
import { countRows, listTables } from '../sources/mariadb-inventory.ts';
import type { Plantable } from './database-faults.ts';
import { checkAssertion } from './mariadb-checks.ts';

/** A restored database. A row is given back; a table is not, since this server cannot undo that. */
export function plantable(
  { restorer, reader }: { restorer: Session; reader: Session },
  readHalf: Plantable['readHalf'],
): Plantable {
  return {
    countRows: async () => countRows(restorer, await listTables(restorer)),
    check: (assertion) => checkAssertion(reader, assertion),
    countQuery: ({ name }) => `select count(*) from ${quoteName(name)}`,
    async withoutRow({ name, rows }, work) {
      const table = (await listTables(restorer)).find((one) => one.name === name);
      // Only then can it be undone, and only then is a deleted row gone for who counts.
      if (!table?.isTransactional || table.keepsHistory) return null;
      await restorer.query('set session foreign_key_checks = 0');
      await restorer.query('start transaction');
      try {
        const isDeleted = await restorer.query(`delete from ${quoteName(name)} limit 1`).then(
          () => true,
          () => false, // held by a trigger
        );
        const [left] = await countRows(restorer, [table]);
        return isDeleted && left?.rows === rows - 1 ? await work() : null;
      } finally {
        await restorer.query('rollback');
      }
    },
    async withoutTable({ name }, work) {
      await restorer.query('set session foreign_key_checks = 0');
      await restorer.query(`drop table ${quoteName(name)}`);
      return work();
    },
    readHalf,
  };
}
