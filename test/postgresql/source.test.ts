import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { postgresqlSource } from '#/jobs/sources/postgresql.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { findProgram } from '#/jobs/sources/postgresql-programs.ts';
import { runProgram, splitPassword } from '#/jobs/sources/postgresql-run.ts';
import { type PreparedSource, SourceError } from '#/jobs/sources/source.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgresql.ts';
import { testProgramsDir } from '../support/postgresql-programs.ts';

describe('a PostgreSQL database as a source', () => {
  let database: TestDatabase;
  let scratchDir: string;
  let programsDir: string;
  const now = () => new Date();

  before(async () => {
    programsDir = await testProgramsDir();
  });

  beforeEach(async () => {
    database = await createTestDatabase();
    scratchDir = await mkdtemp(join(tmpdir(), 'reprise-source-'));
    await run(
      database.ownerUrl,
      'create table invoices as select id, repeat($$x$$, 100) as text from generate_series(1, 500) id',
    );
    await run(database.ownerUrl, 'create schema "Odd ""name"');
  });

  afterEach(async () => {
    await database.drop();
    await rm(scratchDir, { recursive: true });
  });

  it('is dumped whole, with the rows of each table counted in the same snapshot', async () => {
    await run(database.ownerUrl, 'create table "Odd ""name"."Empty" (id int)');
    const source = postgresqlSource(database.ownerUrl, { programsDir });

    await using prepared = await source.prepare({ scratchDir, now });

    expect(await readdir(prepared.root)).to.have.members([`${database.name}.dump`, 'globals.sql']);
    expect((await stat(prepared.root)).mode & 0o777).to.equal(0o700);
    expect((await stat(join(prepared.root, `${database.name}.dump`))).size).to.be.greaterThan(50_000);
    expect(prepared.inventory).to.deep.include({
      kind: 'postgresql',
      database: database.name,
      tables: [
        { schema: 'Odd "name', name: 'Empty', rows: 0 },
        { schema: 'public', name: 'invoices', rows: 500 },
      ],
    });
    expect(inventoryOf(prepared).serverVersion).to.match(/^18\./);
    expect(inventoryOf(prepared).program).to.match(/^pg_dump 1[89]/);
    expect(Math.abs(prepared.dataTime.getTime() - Date.now())).to.be.lessThan(20_000);
  });

  it('keeps the roles and settings of its server, with passwords only where it may read them', async () => {
    const role = `clerk_${database.name}`;
    await run(database.superuserUrl, `create role ${role} login password 'hidden-word'`);
    await run(database.superuserUrl, `alter role ${role} set work_mem = '7MB'`);
    const globalsOf = async (url: string) => {
      await using prepared = await postgresqlSource(url, { programsDir }).prepare({ scratchDir, now });
      const text = await readFile(join(prepared.root, 'globals.sql'), 'utf8');
      return { text, told: prepared.reservations.map(({ kind, path, code }) => `${kind} ${path} ${code}`) };
    };

    const whole = await globalsOf(database.superuserUrl);
    const part = await globalsOf(database.ownerUrl);
    await run(database.superuserUrl, `drop role ${role}`);

    expect(whole.text)
      .to.match(new RegExp(`ALTER ROLE ${role} .*PASSWORD 'SCRAM`))
      .and.include('7MB');
    expect(whole.told).to.deep.equal([]);
    expect(part.text).to.include(`CREATE ROLE ${role}`).and.not.include('SCRAM');
    expect(part.told).to.deep.equal(['skipped globals.sql capture.no-role-passwords']);
  });

  it('is kept without them where pg_dumpall is missing, and says so', async () => {
    const program = await findProgram('pg_dump', 18, { programsDir });
    const binDir = join(scratchDir, 'bin');
    await mkdir(binDir);
    await writeFile(join(binDir, 'pg_dump'), `#!/bin/sh\nexec ${program.path} "$@"\n`, { mode: 0o755 });

    await using prepared = await postgresqlSource(database.ownerUrl, { binDir }).prepare({ scratchDir, now });

    expect(await readdir(prepared.root)).to.deep.equal([`${database.name}.dump`]);
    expect(prepared.reservations).to.have.length(1);
    expect(prepared.reservations[0]).to.include({ kind: 'skipped', code: 'capture.no-globals' });
  });

  it('counts what the dump holds, though rows arrive all the time', async () => {
    let stop = false;
    const writing = (async () => {
      await using session = await openSession(database.ownerUrl);
      while (!stop) await session.query('insert into invoices values (0, $1)', ['late']);
    })();
    const source = postgresqlSource(database.ownerUrl, { programsDir });

    const prepared = await source.prepare({ scratchDir, now });
    stop = true;
    await writing;

    await using copy = await createTestDatabase();
    const program = await findProgram('pg_restore', 18, { programsDir });
    const { address, password } = splitPassword(copy.ownerUrl);
    const file = join(prepared.root, `${database.name}.dump`);
    const ended = await runProgram(program, ['--no-owner', `--dbname=${address}`, file], { password });
    const restored = await run(copy.ownerUrl, 'select count(*) from invoices');
    await prepared[Symbol.asyncDispose]();
    expect(ended).to.deep.equal({ status: 0, complaint: '' });
    expect(Number(restored[0]?.[0])).to.equal(inventoryOf(prepared).tables[0]?.rows);
  });

  it('leaves nothing in the scratch folder once it is let go', async () => {
    const prepared = await postgresqlSource(database.ownerUrl, { programsDir }).prepare({ scratchDir, now });

    await prepared[Symbol.asyncDispose]();

    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('has an address without its password', () => {
    const source = postgresqlSource(
      'postgresql://reader:s%3Acret@db.example:5433/shop?sslmode=require&password=x',
    );

    expect(source.address).to.equal('postgresql://reader@db.example:5433/shop');
  });

  it('says in words what kept it from being read, and never the password', async () => {
    const changed = (change: Partial<URL>) => Object.assign(new URL(database.ownerUrl), change).href;
    const cases = [
      [changed({ password: 'wrong-secret' }), 'denied', 'The sign-in was refused'],
      [changed({ pathname: '/no-such-database' }), 'not-found', 'There is no such database'],
      [changed({ port: '1' }), 'unreachable', 'The server cannot be reached'],
      [changed({ hostname: 'no-such-host.invalid' }), 'unreachable', 'The server cannot be reached'],
    ] as const;
    for (const [url, fault, words] of cases) {
      const error = await failure(postgresqlSource(url, { programsDir }).prepare({ scratchDir, now }));

      expect(error.fault, words).to.equal(fault);
      expect(error.message).to.contain(words).and.not.contain(new URL(url).password);
    }
    expect(() => postgresqlSource('postgresql://:secret@'))
      .to.throw(SourceError)
      .with.property('message')
      .not.contains('secret');
  });

  it('refuses to take a part of a table for the whole of it', async () => {
    await run(database.ownerUrl, 'alter table invoices enable row level security');
    await run(database.ownerUrl, 'grant select on all tables in schema public to reprise_service');

    const error = await failure(
      postgresqlSource(database.serviceUrl, { programsDir }).prepare({ scratchDir, now }),
    );

    expect(error.fault).to.equal('denied');
    expect(await readdir(scratchDir)).to.deep.equal([]);
  });

  it('ends at once when it is called off, and leaves nothing', async () => {
    await run(
      database.ownerUrl,
      'insert into invoices select id, repeat($$y$$, 1000) from generate_series(1, 100000) id',
    );
    const source = postgresqlSource(database.ownerUrl, { programsDir });

    for (const afterMs of [5, 60, 250]) {
      const error = await source
        .prepare({ scratchDir, now, signal: AbortSignal.timeout(afterMs) })
        .then((prepared) => prepared[Symbol.asyncDispose]())
        .catch((reason) => reason);

      expect(error?.name, `after ${afterMs} ms`).to.be.oneOf(['TimeoutError', undefined]);
      expect(await readdir(scratchDir)).to.deep.equal([]);
    }
  });

  it('names the program that is missing, what was found and what to install', async () => {
    const broken = join(scratchDir, 'bin');
    await mkdir(broken);
    await writeFile(
      join(broken, 'pg_dump'),
      '#!/bin/sh\necho "error while loading shared libraries: libpq.so.5" >&2\nexit 127\n',
      {
        mode: 0o755,
      },
    );

    const error = await failure(
      postgresqlSource(database.ownerUrl, { binDir: broken }).prepare({ scratchDir, now }),
    );

    expect(error.fault).to.equal('missing-program');
    expect(error.message).to.match(/libpq\.so\.5.*apt-get install.*libpq5/);
  });

  it('tells a full disk from other failures', async () => {
    const full = join(scratchDir, 'bin');
    await mkdir(full);
    await writeFile(
      join(full, 'pg_dump'),
      '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.0" && exit\necho "pg_dump: error: could not write: No space left on device $(cut -d: -f5 $PGPASSFILE)" >&2\nexit 1\n',
      { mode: 0o755 },
    );

    const error = await failure(
      postgresqlSource(database.ownerUrl, { binDir: full }).prepare({ scratchDir, now }),
    );

    expect(error.fault).to.equal('full');
    expect(error.message).to.contain('No space left').and.not.contain(new URL(database.ownerUrl).password);
  });
});

function inventoryOf({ inventory }: PreparedSource) {
  if (inventory?.kind !== 'postgresql') throw new Error('It is no inventory of PostgreSQL.');
  return inventory;
}

async function run(url: string, sql: string) {
  await using session = await openSession(url);
  return await session.queryText(sql);
}

async function failure(attempt: Promise<unknown>): Promise<SourceError> {
  const error = await attempt.then(
    () => null,
    (reason) => reason,
  );
  expect(error).to.be.instanceOf(SourceError);
  return error;
}
