import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { mariadbSource } from '#/jobs/sources/mariadb.ts';
import type { MariadbInventory, PreparedSource } from '#/jobs/sources/source.ts';
import {
  createMariadb,
  mariadb,
  ROOT_PASSWORD,
  sharedMariadb,
  type TestMariadb,
} from '../support/mariadb.ts';
import { failure } from './failure.ts';

const run = promisify(execFile);
const now = () => new Date();

/** Names and contents that look like what a dump is made of. */
const ODD_NAME = 'odd ``na(me\nINSERT INTO ``x`` VALUES (1);';
const HOSTILE = [
  'create table customers (id int primary key, name varchar(200) not null, photo blob, flags bit(3))',
  "insert into customers values (1, 'a''b),(\\\\', x'0027ff', b'101'), (2, '), (\n(x', null, null), (3, 'é😀;', '', null)",
  `create table \`${ODD_NAME}\` (id int primary key, \`a\`\`) VALUES (1),(\` text, twice int as (id * 2) stored)`,
  `insert into \`${ODD_NAME}\` (id, \`a\`\`) VALUES (1),(\`) values (1, 'x;\\'),(')`,
  'create table empty (id int)',
  'create table past (id int) with system versioning',
  'insert into past values (1)',
  'update past set id = 2',
  'create view names as select name from customers',
  'create trigger watch before insert on empty for each row begin\nINSERT INTO `x` VALUES (1);\nend',
  'create function one() returns int deterministic return 1',
  'create procedure two() select 2',
  'create event nightly on schedule every 1 day do delete from empty',
  'create sequence numbers',
];

describe('a MariaDB database as a source', function () {
  this.timeout(60_000);
  let database: TestMariadb;
  let scratchDir: string;

  beforeEach(async () => {
    database = await createMariadb();
    scratchDir = await mkdtemp(join(tmpdir(), 'reprise-source-'));
  });

  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await rm(scratchDir, { recursive: true });
  });

  const prepare = (url = database.url) => mariadbSource(url).prepare({ scratchDir, now });

  it('is dumped whole, with the rows of each table counted in the dump and every object named', async () => {
    await mariadb(database.url, ...HOSTILE);

    await using prepared = await prepare();

    expect(await readdir(prepared.root)).to.have.members(['create-database.sql', 'dump.sql', 'users.sql']);
    expect((await stat(prepared.root)).mode & 0o777).to.equal(0o700);
    expect((await stat(join(prepared.root, 'users.sql'))).mode & 0o777).to.equal(0o600);
    const { tables, objects, ...rest } = inventoryOf(prepared);
    expect(Object.fromEntries(tables.map(({ name, rows }) => [name, rows]))).to.deep.equal({
      customers: 3,
      [ODD_NAME.replaceAll('``', '`')]: 1,
      empty: 0,
      past: 2,
    });
    expect(objects).to.deep.equal([
      'event nightly',
      'function one',
      'procedure two',
      'sequence numbers',
      'trigger watch',
      'view names',
    ]);
    expect(rest).to.include({ database: database.name, charset: 'utf8mb4', collation: 'utf8mb4_bin' });
    expect(rest.serverVersion).to.match(/^MariaDB \d+\.\d+/);
    expect(rest.program).to.match(/^mariadb-dump \d+\.\d+/);
    expect(prepared.reservations).to.deep.equal([]);
    expect(Math.abs(prepared.dataTime.getTime() - Date.now())).to.be.lessThan(20_000);
    expect(await readFile(join(prepared.root, 'create-database.sql'), 'utf8')).to.match(/utf8mb4_bin/);
  });

  it('counts what the dump holds, though rows arrive all the time', async () => {
    await mariadb(
      database.url,
      'create table rows_ (id bigint primary key auto_increment, text varchar(200))',
      "insert into rows_ (text) select repeat('x', 200) from seq_1_to_50000",
    );
    let stop = false;
    const writing = (async () => {
      while (!stop)
        await mariadb(database.url, ...Array(20).fill("insert into rows_ (text) values ('late')"));
    })();

    const prepared = await prepare();
    stop = true;
    await writing;

    await using copy = await createMariadb();
    await load(copy, join(prepared.root, 'dump.sql'));
    const [row] = await mariadb(copy.url, 'select count(*) from rows_');
    await prepared[Symbol.asyncDispose]();
    expect(Number(row?.[0])).to.equal(inventoryOf(prepared).tables[0]?.rows);
    expect(Number(row?.[0])).to.be.at.least(50_000);
    expect(prepared.reservations).to.deep.equal([]);
  });

  it('names tables whose engine keeps no snapshots', async () => {
    await mariadb(
      database.url,
      'create table old (id int) engine=myisam',
      'create table odd (id int) engine=aria',
      'create table good (id int)',
    );

    await using prepared = await prepare();

    expect(prepared.reservations.map(({ kind, path, code }) => `${kind} ${path} ${code}`)).to.deep.equal([
      'torn odd capture.not-transactional',
      'torn old capture.not-transactional',
    ]);
    expect(inventoryOf(prepared).notTransactional).to.deep.equal(['odd', 'old']);
  });

  it('keeps accounts, roles and rights in a form that makes them again', async () => {
    const { url } = await sharedMariadb();
    await mariadb(url, "create role 'clerks'", "create user 'anne''s'@'10.%' identified by 'hidden-word'");
    await mariadb(url, "grant 'clerks' to 'anne''s'@'10.%'", "grant select on mysql.* to 'clerks'");
    await using prepared = await prepare();
    const drop = ["drop user 'anne''s'@'10.%'", "drop role 'clerks'"];
    await mariadb(url, ...drop);

    const text = await readFile(join(prepared.root, 'users.sql'), 'utf8');
    const statements = text.split('\n').filter((line) => /clerks|anne/.test(line));
    await mariadb(url, ...statements.map((line) => line.replace(/;$/, '')));
    const [granted] = await mariadb(url, "show grants for 'anne''s'@'10.%'");
    await mariadb(url, ...drop);

    expect(text).to.not.include('hidden-word');
    expect(granted?.[0]).to.include('clerks');
  });

  it('is kept without them where the account may not read them, and says what it may not see', async () => {
    const { url } = await sharedMariadb();
    await mariadb(database.url, 'create table seen (id int)', 'create table hidden (id int)');
    const schema = `\`${database.name.replaceAll('`', '``').replaceAll('_', '\\_')}\``;
    const cases = [
      [`grant select on ${schema}.seen to poor`, 'SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE'],
      [`grant select, show view, event, execute on ${schema}.* to poor`, 'TRIGGER'],
      [`grant trigger on ${schema}.* to poor`, null],
    ] as const;
    await mariadb(url, "create user poor identified by 'p'");
    const as = Object.assign(new URL(database.url), { username: 'poor', password: 'p' }).href;
    try {
      for (const [grant, missing] of cases) {
        await mariadb(url, grant);
        const { reservations } = await prepare(as).catch((error) => ({
          reservations: [{ kind: 'unreadable', code: error.because.code, params: { rights: missing } }],
        }));

        const lack = reservations.find(({ kind }) => kind === 'unreadable');
        expect(lack?.params.rights ?? null, grant).to.equal(missing);
        if (missing === null)
          expect(reservations.map(({ code }) => code)).to.deep.equal(['capture.no-users']);
      }
    } finally {
      await mariadb(url, 'drop user poor');
    }
  });

  it('keeps the password off the command line and out of the environment, and the file of it from others', async () => {
    const binDir = join(scratchDir, 'bin');
    await mkdir(binDir);
    const seen = join(scratchDir, 'seen');
    await writeFile(
      join(binDir, 'mariadb-dump'),
      `#!/bin/sh
[ "$1" = --version ] && exec /usr/bin/mariadb-dump --version
f=\${1#--defaults-file=}
{ echo "$@"; env; stat -c 'mode %a' "$f"; cat /proc/$$/environ | tr '\\0' '\\n'; } > ${seen}
exec /usr/bin/mariadb-dump "$@"
`,
      { mode: 0o755 },
    );

    const prepared = await mariadbSource(database.url, { binDir }).prepare({ scratchDir, now });
    await prepared[Symbol.asyncDispose]();

    const told = await readFile(seen, 'utf8');
    expect(told).to.include('mode 600').and.not.include(ROOT_PASSWORD).and.not.include('r00t');
    expect((await readdir(scratchDir)).sort()).to.deep.equal(['bin', 'seen']);
  });

  it('fails when the dump is killed or cut, is never called complete, and leaves nothing', async () => {
    await mariadb(
      database.url,
      'create table many (id int primary key, text varchar(1000))',
      "insert into many select seq, repeat('x', 1000) from seq_1_to_100000",
    );
    const binDir = join(scratchDir, 'bin');
    await mkdir(binDir);
    const fake = (body: string) =>
      writeFile(
        join(binDir, 'mariadb-dump'),
        `#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/mariadb-dump --version\n${body}\n`,
        { mode: 0o755 },
      );
    const attempt = () => failure(mariadbSource(database.url, { binDir }).prepare({ scratchDir, now }));

    await fake('exec /usr/bin/mariadb-dump "$@"');
    const killed = attempt();
    await killChildWhenItWrites(scratchDir);
    expect((await killed).message).to.match(/failed: .*signal/);
    await fake('/usr/bin/mariadb-dump "$@" | head -c 300000');
    expect((await attempt()).because.code).to.equal('source.dump-cut');
    await fake('echo "No such luck with r00t#" >&2; exit 2');
    expect((await attempt()).message).to.include('No such luck');

    expect(await readdir(scratchDir)).to.deep.equal(['bin']);
  });

  it('outlasts a dump that takes longer than the server lets a session idle', async () => {
    const { url } = await sharedMariadb();
    await mariadb(url, 'set global wait_timeout = 1');
    const binDir = join(scratchDir, 'bin');
    await mkdir(binDir);
    await writeFile(
      join(binDir, 'mariadb-dump'),
      '#!/bin/sh\n[ "$1" = --version ] || sleep 3\nexec /usr/bin/mariadb-dump "$@"\n',
      { mode: 0o755 },
    );

    const prepared = await mariadbSource(database.url, { binDir }).prepare({ scratchDir, now });
    await prepared[Symbol.asyncDispose]();
    await mariadb(url, 'set global wait_timeout = 28800');
  });

  it('says in words what kept it from being read, and never the password', async () => {
    const changed = (change: Partial<URL>) => Object.assign(new URL(database.url), change).href;
    const cases = [
      [changed({ password: 'wrong-secret' }), 'denied', 'The sign-in was refused'],
      [changed({ pathname: '/no-such-database' }), 'not-found', 'There is no such database'],
      [changed({ port: '1' }), 'unreachable', 'The server cannot be reached'],
      [changed({ hostname: 'no-such-host.invalid' }), 'unreachable', 'The server cannot be reached'],
    ] as const;
    for (const [url, fault, words] of cases) {
      const error = await failure(prepare(url));

      expect(error.fault, words).to.equal(fault);
      expect(error.message).to.contain(words).and.not.contain('wrong-secret').and.not.contain('r00t');
    }
    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('fails when the server dies meanwhile', async () => {
    await mariadb(
      database.url,
      'create table many (id int primary key, text varchar(1000))',
      "insert into many select seq, repeat('x', 1000) from seq_1_to_200000",
    );
    const server = await sharedMariadb();
    const attempt = failure(prepare());
    await dumpHasBegun(scratchDir);
    await server.kill();
    const error = await attempt;
    await server.start();

    expect(error.fault).to.be.oneOf(['failed', 'unreachable']);
    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('ends at once when it is called off, and leaves nothing', async () => {
    await mariadb(
      database.url,
      'create table many (id int primary key, text varchar(1000))',
      "insert into many select seq, repeat('x', 1000) from seq_1_to_50000",
    );
    for (const afterMs of [5, 60, 250]) {
      const error = await mariadbSource(database.url)
        .prepare({ scratchDir, now, signal: AbortSignal.timeout(afterMs) })
        .then((prepared) => prepared[Symbol.asyncDispose]())
        .catch((reason) => reason);

      expect(error?.name, `after ${afterMs} ms`).to.be.oneOf(['TimeoutError', undefined]);
      expect(await readdir(scratchDir)).to.deep.equal([]);
    }
  });

  it('names the program that is missing and what to install', async () => {
    const binDir = join(scratchDir, 'bin');
    await mkdir(binDir);
    await writeFile(
      join(binDir, 'mysqldump'),
      '#!/bin/sh\necho "mysqldump  Ver 10.13 Distrib 5.5.9-MariaDB, for Linux"\n',
      { mode: 0o755 },
    );

    const error = await failure(mariadbSource(database.url, { binDir }).prepare({ scratchDir, now }));

    expect(error.fault).to.equal('missing-program');
    expect(error.message).to.match(/of MariaDB 5\.5\.9.*apt-get install mariadb-client/);
  });

  it('has an address without its password, and refuses one that is none', () => {
    expect(mariadbSource('mysql://reader:s%3Acret@db.example/shop?sslmode=require').address).to.equal(
      'mysql://reader@db.example/shop',
    );
    for (const url of [
      'mariadb://:secret@',
      'mariadb://u:secret@host',
      'mysql://u:secret@host/db?sslmode=maybe',
    ])
      expect(() => mariadbSource(url), url)
        .to.throw()
        .with.property('message')
        .not.contains('secret');
  });
});

function inventoryOf({ inventory }: PreparedSource): MariadbInventory {
  if (inventory?.kind !== 'mariadb') throw new Error('It is no inventory of MariaDB.');
  return inventory;
}

async function load({ name }: TestMariadb, file: string): Promise<void> {
  const { port } = await sharedMariadb();
  await run(
    'sh',
    ['-c', 'exec mariadb -uroot -h127.0.0.1 -P"$1" "$2" < "$3"', 'sh', String(port), name, file],
    {
      env: { ...process.env, MYSQL_PWD: ROOT_PASSWORD },
    },
  );
}

/** Waits until something of the dump is on the disk. */
async function dumpHasBegun(scratchDir: string): Promise<void> {
  for (;;) {
    const folder = (await readdir(scratchDir)).find((name) => name.startsWith('mariadb-'));
    const size = folder
      ? await stat(join(scratchDir, folder, 'dump.sql')).then(
          (of) => of.size,
          () => 0,
        )
      : 0;
    if (size > 0) return;
    await sleep(5);
  }
}

/** Ends the dump as the kernel does when memory is short. */
async function killChildWhenItWrites(scratchDir: string): Promise<void> {
  await dumpHasBegun(scratchDir);
  const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', String(process.pid)]);
  const line = stdout.split('\n').find((one) => one.includes('mariadb-dump') && one.includes(scratchDir));
  process.kill(Number.parseInt(line ?? '', 10), 'SIGKILL');
}
