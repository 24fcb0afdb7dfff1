import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { mariadbSource } from '#/jobs/sources/mariadb.ts';
import type { MariadbInventory, PreparedSource } from '#/jobs/sources/source.ts';
import { type ProofRequest, proveMariadbDump } from '#/jobs/verifiers/mariadb-restore.ts';
import { createMariadb, mariadb, type TestMariadb } from '../support/mariadb.ts';

const SHOP = [
  'create table customers (id int primary key, name text not null)',
  'create table orders (id int primary key, customer int not null references customers (id), total decimal(10,2))',
  'create table empty (id int)',
  'create table old (id int) engine=myisam',
  "insert into customers select seq, concat('customer ', seq) from seq_1_to_20",
  'insert into orders select seq, 1 + seq % 20, 10.5 from seq_1_to_300',
  'insert into old values (1), (2)',
  'create view totals as select customer, sum(total) as total from orders group by customer',
  'create trigger watch before insert on orders for each row set new.total = coalesce(new.total, 0)',
  'create function twice(a int) returns int deterministic return 2 * a',
];

describe('the proof of a MariaDB dump', function () {
  this.timeout(120_000);
  let database: TestMariadb;
  let folder: string;
  let prepared: PreparedSource;
  let inventory: MariadbInventory;
  let dump: string;

  before(async () => {
    database = await createMariadb();
    folder = await mkdtemp(join(tmpdir(), 'reprise-proof-'));
    await mariadb(database.url, ...SHOP);
    prepared = await mariadbSource(database.url).prepare({ scratchDir: folder, now: () => new Date() });
    inventory = prepared.inventory as MariadbInventory;
    dump = await readFile(join(prepared.root, 'dump.sql'), 'utf8');
  });

  after(async () => {
    await prepared[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const prove = (change: Partial<ProofRequest> = {}) =>
    proveMariadbDump({
      dumpFile: join(prepared.root, 'dump.sql'),
      scratchDir: folder,
      inventory,
      assertions: [],
      ...change,
    });
  const withDump = async (text: string, change: Partial<ProofRequest> = {}) => {
    const dumpFile = join(folder, 'changed.sql');
    await writeFile(dumpFile, text);
    return prove({ dumpFile, ...change });
  };

  it('passes for a good dump, with every planted fault caught, and leaves no server behind', async () => {
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
    expect(result.checks.map(({ observed }) => observed)).to.deep.equal([
      'it did',
      '4 tables with 322 rows',
      '3 of them',
    ]);
    expect(result.tools).to.have.all.keys('MariaDB', 'mariadb');
    expect(phases).to.deep.equal(['restore', 'compare', 'plant']);
    expect((await readdir(folder)).filter((name) => name.startsWith('mariadb-server'))).to.deep.equal([]);
  });

  it('fails when tables, rows or objects differ, and names each', async () => {
    const tables = [
      ...inventory.tables.filter(({ name }) => name !== 'old'),
      { schema: '', name: 'invoices', rows: 5 },
    ].map((table) => (table.name === 'orders' ? { ...table, rows: 301 } : table));

    const result = await prove({ inventory: { ...inventory, tables, objects: ['event nightly'] } });

    expect(result.verdict).to.equal('failed');
    expect(
      result.checks.flatMap(({ where, expected, observed }) => (where ? [[where, expected, observed]] : [])),
    ).to.deep.equal([
      ['invoices', '5 rows', 'no such table'],
      ['old', 'no such table', '2 rows'],
      ['orders', '301 rows', '300 rows'],
    ]);
    expect(result.checks.at(-1)?.observed).to.match(/missing: event nightly; extra: function twice/);
  });

  it('puts each question of the plan and judges the answer', async () => {
    const cases = [
      ['select count(*) from orders;', { op: '=', value: 300 }, 'passed', '300'],
      ['select max(total) from totals', { op: '=', value: 157.5 }, 'passed', '157.50'],
      ['select twice(21)', { op: '=', value: 42 }, 'passed', '42'],
      ['select exists (select 1 from orders)', { op: '=', value: true }, 'passed', '1'],
      ['select count(*) from orders', { op: '>=', value: 301 }, 'failed', '300'],
      ['select name from customers where id = 99', { op: 'not-empty' }, 'failed', 'nothing'],
      ['select id, name from customers', { op: 'not-empty' }, 'inconclusive', 'one value'],
      ['select oops from customers', { op: 'not-empty' }, 'inconclusive', 'could not be run'],
      ['delete from orders', { op: 'not-empty' }, 'inconclusive', 'denied'],
      ['select 1; drop table orders', { op: 'not-empty' }, 'inconclusive', 'syntax'],
      ["select load_file('/etc/passwd')", { op: 'not-empty' }, 'failed', 'nothing'],
      ["select 1 into outfile '/tmp/reprise-planted'", { op: 'not-empty' }, 'inconclusive', 'denied'],
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
      expect(check?.observed, query).to.match(new RegExp(observed, 'i'));
    }
  });

  it('fails for a dump that was cut or changed, wherever', async () => {
    const betweenStatements = dump.slice(0, dump.indexOf('-- Table structure for table `orders`'));
    for (const text of [
      dump.slice(0, 10),
      dump.slice(0, dump.length / 2),
      dump.slice(0, -25),
      betweenStatements,
    ])
      expect((await withDump(text)).verdict, `${text.length} characters`).to.equal('failed');
    const broken = await withDump(dump.replace('CREATE TABLE `orders`', 'CREATE TABEL `orders`'));
    expect(broken.verdict).to.equal('failed');
    expect(broken.finding?.message).to.include('restore of the dump');
    const poorer = await withDump(dump.replace('(20,', '-- (20,').replace(/,\n-- \(20,[^\n]*/, ';'));
    expect(poorer.verdict).to.equal('failed');
    expect(poorer.finding?.code).to.equal('database.totals-differ');
  });

  it('runs no program that a dump orders the client to run, and lets it write no file', async () => {
    const planted = join(folder, 'planted');

    const orders = await withDump(
      `${dump.replace(/^\/\*M[^\n]*\n/, '')}`.replace(
        '--\n',
        `\\! touch ${planted}\nsystem touch ${planted}\n--\n`,
      ),
    );
    const files = await withDump(dump.replace('--\n', `select 1 into outfile '${planted}';\n--\n`));

    expect(orders.verdict).to.equal('failed');
    expect(files.verdict).to.equal('inconclusive');
    expect(await readdir(folder)).to.not.include('planted');
  });

  it('is inconclusive, with the reason, when it could not be tried', async () => {
    const cases: [Partial<ProofRequest>, RegExp][] = [
      [{ folders: [folder] }, /apt-get install mariadb-server/],
      [{ inventory: { ...inventory, serverVersion: 'MariaDB 99.1' } }, /older than MariaDB 99.1/],
      [{ inventory: { ...inventory, collation: 'klingon_ci' } }, /klingon/],
    ];
    for (const [change, reason] of cases) {
      const result = await prove(change);

      expect(result.verdict, String(reason)).to.equal('inconclusive');
      expect(result.finding?.message).to.match(reason);
    }
  });

  it('ends when it is called off, and leaves nothing', async () => {
    for (const afterMs of [20, 2500]) {
      const error = await prove({ signal: AbortSignal.timeout(afterMs) }).catch((reason) => reason);

      expect(error.name ?? 'TimeoutError', `after ${afterMs} ms`).to.equal('TimeoutError');
      expect((await readdir(folder)).filter((name) => name.startsWith('mariadb-server'))).to.deep.equal([]);
    }
  });
});
