import { copyFile, mkdtemp, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { postgresqlSource } from '#/jobs/sources/postgresql.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import type { PostgresqlInventory, PreparedSource } from '#/jobs/sources/source.ts';
import { type ProofRequest, provePostgresqlDump } from '#/jobs/verifiers/postgresql-restore.ts';
import { openScratch, type Scratch } from '#/server/postgresql/scratch.ts';
import { createTestDatabase, sharedPostgresql, type TestDatabase } from '../support/postgresql.ts';
import { testProgramsDir } from '../support/postgresql-programs.ts';

const SHOP = [
  'create table customers (id int primary key, name text not null)',
  'create table orders (id int primary key, customer int not null references customers, total numeric(10,2))',
  'create table empty (id int)',
  'create table months (id int, month int) partition by list (month)',
  'create table january partition of months for values in (1)',
  `insert into customers select id, 'customer ' || id from generate_series(1, 20) id`,
  'insert into orders select id, 1 + id % 20, 10.5 from generate_series(1, 300) id',
  'insert into months select id, 1 from generate_series(1, 7) id',
  // Row security that binds the owner too, as in a database of many tenants.
  'alter table customers enable row level security, force row level security',
  'create policy nobody on customers using (false)',
];

describe('the proof of a PostgreSQL dump', () => {
  let programsDir: string;
  let superuserUrl: string;
  let database: TestDatabase;
  let folder: string;
  let prepared: PreparedSource;
  let inventory: PostgresqlInventory;
  let dumpFile: string;
  let scratch: Scratch;

  before(async () => {
    programsDir = await testProgramsDir();
    ({ superuserUrl } = await sharedPostgresql());
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'reprise-proof-'));
    for (const sql of SHOP) await run(database.ownerUrl, sql);
    const source = postgresqlSource(database.superuserUrl, { programsDir });
    prepared = await source.prepare({ scratchDir: folder, now: () => new Date() });
    inventory = inventoryOf(prepared);
    dumpFile = join(prepared.root, `${database.name}.dump`);
  });

  beforeEach(async () => {
    scratch = await openScratch(superuserUrl);
  });

  afterEach(() => scratch.drop());

  after(async () => {
    await prepared[Symbol.asyncDispose]();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const prove = (change: Partial<ProofRequest> = {}) =>
    provePostgresqlDump({
      dumpFile,
      scratchUrl: scratch.url,
      inventory,
      assertions: [],
      programsDir,
      ...change,
    });

  it('passes for a good dump, with every planted fault caught', async () => {
    const phases: string[] = [];

    const result = await prove({ onProgress: ({ phase }) => phases.push(phase) });

    expect(result.finding).to.equal(null);
    expect(result.verdict).to.equal('passed');
    expect(result.plantedFaults.map(({ kind, caught }) => `${kind} ${caught}`)).to.deep.equal([
      'row-deleted true',
      'count-altered true',
      'assertion-untrue true',
      'dump-truncated true',
      'table-dropped true',
    ]);
    expect(result.checks.map(({ observed }) => observed)).to.deep.equal(['it did', '4 tables with 327 rows']);
    expect(result.tools).to.have.all.keys('PostgreSQL', 'pg_restore');
    expect(result.seconds).to.be.within(0.01, 30);
    expect(phases).to.deep.equal(['restore', 'compare', 'plant']);
    expect(await run(scratch.url, 'select count(*) from orders')).to.deep.equal([['300']]);
  });

  it('fails when a table is missing, extra or has other rows, and names each', async () => {
    const [customers, ...others] = inventory.tables.toSorted((one, other) =>
      one.name.localeCompare(other.name),
    );
    const altered = [
      { ...customers!, rows: 21 },
      { schema: 'public', name: 'invoices', rows: 5 },
      ...others.filter(({ name }) => name !== 'orders'),
    ];

    const result = await prove({ inventory: { ...inventory, tables: altered } });

    expect(result.verdict).to.equal('failed');
    expect(
      result.checks.flatMap(({ where, expected, observed }) => (where ? [[where, expected, observed]] : [])),
    ).to.deep.equal([
      ['public.customers', '21 rows', '20 rows'],
      ['public.invoices', '5 rows', 'no such table'],
      ['public.orders', 'no such table', '300 rows'],
    ]);
  });

  it('puts each question of the plan and judges the answer', async () => {
    const cases = [
      ['select count(*) from orders', { op: '=', value: 300 }, 'passed', '300'],
      ['select max(total) from orders', { op: '=', value: 10.5 }, 'passed', '10.50'],
      ['select name from customers where id = 7;', { op: '=', value: 'customer 7' }, 'passed', 'customer 7'],
      ['select exists (select from orders)', { op: '=', value: true }, 'passed', 't'],
      ['select count(*) from orders', { op: '>=', value: 301 }, 'failed', '300'],
      ['select count(*) from orders', { op: 'between', low: 250, high: 350 }, 'passed', '300'],
      ['select name from customers where id = 7', { op: '>=', value: 0 }, 'failed', 'customer 7'],
      ['select name from customers where id = 99', { op: 'not-empty' }, 'failed', 'nothing'],
      ['select name from customers where id = 1', { op: 'not-empty' }, 'passed', 'customer 1'],
      ['select sum(total) from orders where false', { op: '>=', value: 0 }, 'failed', 'nothing'],
      ['select id, name from customers', { op: 'not-empty' }, 'inconclusive', 'one value'],
      ['select oops from customers', { op: 'not-empty' }, 'inconclusive', 'could not be run'],
      ['delete from orders returning 1', { op: 'not-empty' }, 'inconclusive', 'read-only'],
      ['select 1; drop table orders', { op: 'not-empty' }, 'inconclusive', 'multiple commands'],
    ] as const;
    const assertions = cases.map(([query, expectation], index) => ({
      name: `question ${index}`,
      query,
      expectation,
    }));

    const { verdict, checks } = await prove({ assertions });

    expect(verdict).to.equal('failed');
    for (const [index, [query, , expected, observed]] of cases.entries()) {
      const check = checks.find(({ name }) => name === `question ${index}`);
      expect(check?.verdict, query).to.equal(expected);
      expect(check?.observed, query).to.contain(observed);
    }
  });

  it('fails for a dump that was cut off, wherever', async () => {
    const { size } = await stat(dumpFile);
    for (const kept of [10, size / 2, size - 5]) {
      await using place = await openScratch(superuserUrl);
      const cut = join(folder, 'cut.dump');
      await copyFile(dumpFile, cut);
      await truncate(cut, Math.floor(kept));

      const result = await prove({ dumpFile: cut, scratchUrl: place.url });

      expect(result.verdict, `${kept} bytes`).to.equal('failed');
      expect(result.finding?.message).to.contain('restore of the dump');
    }
  });

  it('is inconclusive, with the reason, when it could not be tried', async () => {
    const gone = Object.assign(new URL(scratch.url), { port: '1' }).href;
    const refused = Object.assign(new URL(scratch.url), { password: 'wrong' }).href;
    const cases: [Partial<ProofRequest>, string][] = [
      [{ scratchUrl: gone }, 'cannot be reached'],
      [{ scratchUrl: refused }, 'refused'],
      [{ inventory: { ...inventory, serverVersion: '99.1' } }, 'older than the 99.1'],
      [{ inventory: { ...inventory, program: 'pg_dump 99.1' } }, 'pg_restore of PostgreSQL 99'],
      [{ binDir: folder }, 'None was found'],
    ];
    for (const [change, reason] of cases) {
      const result = await prove(change);

      expect(result.verdict, reason).to.equal('inconclusive');
      expect(result.finding?.message).to.contain(reason);
    }
  });

  it('is inconclusive when the test place may not make what the dump holds', async () => {
    await using other = await createTestDatabase();
    await run(other.superuserUrl, 'create extension file_fdw');
    await run(other.superuserUrl, 'create table kept (id int)');
    const source = postgresqlSource(other.superuserUrl, { programsDir });
    await using dump = await source.prepare({ scratchDir: folder, now: () => new Date() });

    const result = await prove({
      dumpFile: join(dump.root, `${other.name}.dump`),
      inventory: inventoryOf(dump),
    });

    expect(result.verdict).to.equal('inconclusive');
    expect(result.finding?.message).to.contain('file_fdw');
  });

  it('does not call a database without tables proven', async () => {
    await using other = await createTestDatabase();
    const source = postgresqlSource(other.ownerUrl, { programsDir });
    await using dump = await source.prepare({ scratchDir: folder, now: () => new Date() });

    const result = await prove({
      dumpFile: join(dump.root, `${other.name}.dump`),
      inventory: inventoryOf(dump),
    });

    expect(result.verdict).to.equal('inconclusive');
  });

  it('ends when it is called off', async () => {
    const error = await prove({ signal: AbortSignal.timeout(20) }).catch((reason) => reason);

    expect(error.name).to.equal('TimeoutError');
  });
});

function inventoryOf({ inventory }: PreparedSource): PostgresqlInventory {
  if (inventory?.kind !== 'postgresql') throw new Error('It is no inventory of PostgreSQL.');
  return inventory;
}

async function run(url: string, sql: string) {
  await using session = await openSession(url);
  return await session.queryText(sql);
}
