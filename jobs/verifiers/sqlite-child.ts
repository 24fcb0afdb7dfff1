/** The child's side of `sqlite-process.ts`: does one order, answers, and ends. It ends too when its parent is gone. */
import { DatabaseSync } from 'node:sqlite';
import { countBrokenReferences, countRows, findDamage, openStill } from '../sources/sqlite-inventory.ts';
import type { Order, Reply, Seen } from './sqlite-process.ts';

process.on('disconnect', () => process.exit(1));
process.on('message', (order: Order) => {
  process.send!(attempt(order), undefined, undefined, () => process.disconnect!());
});

function attempt(order: Order): Reply {
  try {
    return { answer: work(order) };
  } catch (error) {
    return { refusal: (error as Error).message };
  }
}

function work(order: Order): unknown {
  switch (order.kind) {
    case 'inspect':
      return inspect(order.file);
    case 'ask':
      return ask(order.file, order.query);
    case 'change':
      return change(order.file, order.sql);
  }
}

function inspect(file: string): Seen {
  const nothing = { tables: [], brokenReferences: 0 };
  try {
    const database = openStill(file);
    const damage = findDamage(database);
    if (damage !== null) return { damage, ...nothing };
    return { damage, tables: countRows(database), brokenReferences: countBrokenReferences(database) };
  } catch (error) {
    return { damage: (error as Error).message, ...nothing };
  }
}

/** Puts one question, and gives each row as an array of text. In brackets, two statements are an error. */
function ask(file: string, query: string): (string | null)[][] {
  const statement = openStill(file).prepare(`select * from (\n${query.replace(/(?<![;\s])[;\s]+$/, '')}\n)`);
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  return (statement.all() as unknown as unknown[][]).map((row) => row.map(toText));
}

function toText(value: unknown): string | null {
  if (value === null) return null;
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value);
}

/** Changes a file for good, and answers how many rows that were. */
function change(file: string, sql: string): number {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  const { changes } = database.prepare(sql).run();
  database.close();
  return Number(changes);
}
