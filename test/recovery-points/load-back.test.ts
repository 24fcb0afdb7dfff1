/** What RESTORE.md says of databases and buckets, line by line, on real servers. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { mariadbSource } from '#/jobs/sources/mariadb.ts';
import { postgresqlSource } from '#/jobs/sources/postgresql.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { findProgram } from '#/jobs/sources/postgresql-programs.ts';
import { s3Source } from '#/jobs/sources/s3.ts';
import type { Source } from '#/jobs/sources/source.ts';
import { sqliteSource } from '#/jobs/sources/sqlite.ts';
import { createMariadb, mariadb, ROOT_PASSWORD, sharedMariadb } from '../support/mariadb.ts';
import { createTestDatabase, sharedPostgresql } from '../support/postgresql.ts';
import { testProgramsDir } from '../support/postgresql-programs.ts';
import { sharedS3Server } from '../support/s3-server.ts';
import { ASSET, makeWorld, type World } from './world.ts';

describe('the lines of RESTORE.md that load a copy back', function () {
  this.timeout(120_000);
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world[Symbol.asyncDispose]());

  /** Backs up, and restores by restore.sh as the page says. */
  async function bringBack(source: Source): Promise<string> {
    const { store, folder, storeFolder, identityFile, recipient, signingKey } = world;
    const scratchDir = path.join(folder, 'scratch');
    await backup({ source, store, asset: ASSET, recipients: [recipient], signingKey, scratchDir });
    const into = path.join(folder, 'restored');
    const args = ['--asset', ASSET, '--point', 'latest', '--identity', identityFile, '--into', into];
    const { stdout, stderr } = spawnSync('sh', [path.join(storeFolder, 'restore.sh'), ...args], {
      encoding: 'utf8',
    });
    expect(stdout, stderr).to.contain('every SHA-256 checked');
    return into;
  }

  /** Pastes the block below a title, with values of one's own in its first line. */
  function paste(title: string, values: Record<string, string>, cwd: string, binDir = '') {
    const page = readFileSync(path.join(world.storeFolder, 'RESTORE.md'), 'utf8');
    const [, block = ''] = page.slice(page.indexOf(`**${title}**`)).split('```');
    const [, first = '', ...rest] = block.split('\n');
    const named = [...first.matchAll(/(?<=^| )([A-Z_]+)=/g)].map(([, name = '']) => name);
    expect(named).to.have.members(Object.keys(values));
    const put = named.map((name) => `${name}='${values[name]!.replaceAll("'", `'\\''`)}'`).join(' ');
    const lines = [first.startsWith('export ') ? `export ${put}` : put, ...rest].join('\n');
    const PATH = `${binDir}:${process.env['PATH']}`;
    return spawnSync('sh', ['-c', lines], { cwd, encoding: 'utf8', env: { PATH, HOME: cwd } });
  }

  it('load a PostgreSQL database with its roles', async () => {
    await using database = await createTestDatabase();
    const server = await sharedPostgresql();
    const role = `clerk_${database.name}`;
    const ask = async (url: string, ...statements: string[]) => {
      await using session = await openSession(url);
      let rows: object[] = [];
      for (const statement of statements) rows = await session.query(statement);
      return rows;
    };
    await ask(
      database.superuserUrl,
      `create role ${role} login password 'secret'`,
      'create table orders as select id, repeat($$x$$, 100) as note from generate_series(1, 500) id',
      `alter table orders owner to ${role}`,
    );
    const programsDir = await testProgramsDir();
    const into = await bringBack(postgresqlSource(database.superuserUrl, { programsDir }));
    await database.drop();
    await ask(server.superuserUrl, `drop role ${role}`);

    const { path: psql } = await findProgram('psql', 18, { programsDir });
    const { hostname, port, username, password } = new URL(server.superuserUrl);
    const values = {
      ...{ PGHOST: hostname, PGPORT: port, PGUSER: username },
      ...{ PGPASSWORD: decodeURIComponent(password), PGDATABASE: 'postgres' },
    };
    const { stdout, stderr } = paste('PostgreSQL', values, into, path.dirname(psql));
    expect(stdout, stderr).to.equal('loaded\n');
    const rows = await ask(
      database.superuserUrl,
      'select count(*)::int as rows, min(length(note)) as note from orders',
    );
    expect(rows).to.deep.equal([{ rows: 500, note: 100 }]);
    const owners = await ask(
      database.superuserUrl,
      "select tableowner from pg_tables where tablename = 'orders'",
    );
    expect(owners).to.deep.equal([{ tableowner: role }]);
    await database.drop();
    await ask(server.superuserUrl, `drop role ${role}`);
  });

  it('load a MariaDB database with its accounts', async () => {
    await using database = await createMariadb();
    const server = await sharedMariadb();
    await mariadb(
      database.url,
      'create table orders (id int primary key, note text not null)',
      "insert into orders select seq, concat('été ', seq) from seq_1_to_300",
      'create view totals as select count(*) as total from orders',
      'create trigger watch before insert on orders for each row set new.note = coalesce(new.note, 0)',
      "create user if not exists clerk@localhost identified by 'secret'",
      `grant select on orders to clerk@localhost`,
    );
    const into = await bringBack(mariadbSource(database.url));
    await mariadb(
      server.url,
      `drop database \`${database.name.replaceAll('`', '``')}\``,
      'drop user clerk@localhost',
    );

    const values = {
      ...{ MYSQL_HOST: '127.0.0.1', MYSQL_TCP_PORT: String(server.port), MYSQL_PWD: ROOT_PASSWORD },
      ...{ CLIENT: 'mariadb --user=root', DATABASE: database.name },
    };
    const { stdout, stderr } = paste('MariaDB, MySQL', values, into);
    expect(stdout, stderr).to.equal('loaded\n');
    expect(await mariadb(database.url, 'select total from totals')).to.deep.equal([['300']]);
    const [[grants = ''] = []] = (await mariadb(database.url, 'show grants for clerk@localhost')).slice(-1);
    expect(grants).to.contain('SELECT').and.contain('orders');
    await mariadb(server.url, 'drop user clerk@localhost');
  });

  it('load a SQLite database, and no other’s write-ahead log with it', async () => {
    const file = path.join(world.source, 'shop.db');
    make(file, 300);
    const into = await bringBack(sqliteSource(`sqlite://${file}`));
    const to = path.join(world.folder, 'live.db');
    // As a program that died leaves it: what is in the log would be laid over whatever lies beside it.
    const crashed = path.join(world.folder, 'crashed.db');
    const other = make(crashed, 5, 'wal');
    for (const end of ['', '-wal', '-shm']) copyFileSync(`${crashed}${end}`, `${to}${end}`);
    other.close();
    const { stdout, stderr } = paste('SQLite', { FILE: 'shop.db', TO: to }, into);
    expect(stdout, stderr).to.equal('ok\nloaded\n');
    const loaded = new DatabaseSync(to, { readOnly: true });
    expect({ ...loaded.prepare('select count(*) as rows from orders').get() }).to.deep.equal({ rows: 300 });
    loaded.close();
  });

  it('put the objects of a bucket back, with their keys, headers and metadata', async function () {
    const server = await sharedS3Server(this);
    const [from, to] = [`from-${process.pid}`, `to-${process.pid}`];
    for (const bucket of [from, to]) await server.createBucket(bucket);
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    const client = new S3Client({
      ...{ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } },
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    const keys = [
      'plain.txt',
      'a/b c.txt',
      'a//b',
      'été/😀 & <tag> +plus?#.txt',
      "per%20cent%/!*'()~",
      '[x]{1-3}',
      'line\nbreak',
    ];
    const about = {
      ContentType: 'text/x-odd; charset=utf-8',
      CacheControl: 'no-store',
      Metadata: { owner: 'anne "b"' },
    };
    for (const Key of keys)
      await client.send(new PutObjectCommand({ Bucket: from, Key, Body: `content of ${Key}`, ...about }));
    const address = `s3://${accessKeyId}:${secretAccessKey}@${from}/?endpoint=${endpoint}&region=${region}`;
    const into = await bringBack(s3Source(address));

    const values = {
      BUCKET: `${endpoint}/${to}`,
      REGION: region,
      KEY_ID: accessKeyId,
      SECRET: secretAccessKey,
    };
    const { stdout, stderr } = paste('Bucket S3', values, into);
    expect(stdout + stderr).to.equal('');
    for (const Key of keys) {
      const { Body, ContentType, CacheControl, Metadata } = await client.send(
        new GetObjectCommand({ Bucket: to, Key }),
      );
      expect(await Body!.transformToString(), Key).to.equal(`content of ${Key}`);
      expect({ ContentType, CacheControl, Metadata }, Key).to.deep.equal(about);
    }
    client.destroy();
  });
});

function make(file: string, rows: number, mode = 'delete'): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`pragma journal_mode = ${mode}; create table orders (id integer primary key, note text)`);
  const insert = database.prepare('insert into orders (note) values (?)');
  for (let i = 0; i < rows; i++) insert.run('note');
  if (mode === 'delete') database.close();
  return database;
}
