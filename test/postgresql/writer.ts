/** A program for the crash tests: starts the embedded database, writes rows for ever, and says which are acknowledged. */
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';

const [dataDir = '', first = '0'] = process.argv.slice(2);
const { ownerUrl } = await startEmbeddedPostgresql({ dataDir });
await using setup = await openSession(ownerUrl);
await setup.query('create table if not exists rows_written (id bigint primary key, text text)');
console.log('ready');

await Promise.all(
  [0, 1, 2, 3].map(async (writer) => {
    const session = await openSession(ownerUrl);
    for (let id = Number(first) + writer; ; id += 4) {
      await session.query('insert into rows_written values ($1, $2)', [id, 'x'.repeat(200)]);
      process.stdout.write(`${id}\n`);
    }
  }),
);
