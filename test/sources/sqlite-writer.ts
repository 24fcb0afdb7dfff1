/** A program that writes pairs into a SQLite database for ever: two rows in a transaction, whose sum is nothing. */
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const database = new DatabaseSync(process.argv[2] ?? '', { timeout: 30_000 });
database.exec('create table pairs (total integer, text)');
process.on('disconnect', () => process.exit());
for (let pair = 1; ; pair++) {
  database.exec(
    `begin; insert into pairs values (${pair}, hex(randomblob(500))); insert into pairs values (-${pair}, ''); commit`,
  );
  if (pair === 50) process.send?.('writing');
  if (pair % 10 === 0) await sleep(1);
}
