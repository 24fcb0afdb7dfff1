import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import type { PreparedSource, SqliteInventory } from '#/jobs/sources/source.ts';
import { sqliteSource } from '#/jobs/sources/sqlite.ts';
import { type ProofRequest, proveSqliteCopy } from '#/jobs/verifiers/sqlite-restore.ts';
import { failure } from './failure.ts';

/** A name that is special in addresses and in SQLite's own. */
const NAME = 'odd ?#%41 é.db';
const SCHEMA = `
  create table customers (id integer primary key, name text);
  create table orders (id integer primary key, customer references customers, total real);
  create table "odd ""name" (a primary key) without rowid;
  create virtual table notes using fts5(body);
  with recursive n (i) as (select 1 union all select i + 1 from n where i < 300)
  insert into orders select i, 1 + i % 20, 10.5 from n;
  insert into customers select distinct customer, 'customer ' || customer from orders;
  insert into notes values ('hello');
  create view totals as select sum(total) as total from orders;`;

describe('a SQLite database', function () {
  this.timeout(60_000);
  let folder: string;
  let scratchDir: string;
  let file: string;
  const now = () => new Date();
  const addressOf = (path: string) => `sqlite://${encodeURI(path).replace('?', '%3F').replace('#', '%23')}`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'reprise-sqlite-'));
    scratchDir = join(folder, 'scratch');
    await mkdir(scratchDir);
    file = join(folder, NAME);
  });

  afterEach(() => rm(folder, { recursive: true }));

  const make = (mode: 'wal' | 'delete') => {
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    database.exec(`pragma journal_mode = ${mode}; ${SCHEMA}`);
    return database;
  };
  const prepare = (path = file) => sqliteSource(addressOf(path)).prepare({ scratchDir, now });

  describe('as a source', () => {
    for (const mode of ['wal', 'delete'] as const)
      it(`is copied alone and whole in ${mode} mode, with what is only in its log`, async () => {
        using database = make(mode);
        database.exec("insert into customers values (99, 'late')");

        await using prepared = await prepare();

        expect(await readdir(prepared.root)).to.deep.equal([NAME]);
        const { tables, ...rest } = inventoryOf(prepared);
        expect(tables).to.deep.include.members([
          { schema: '', name: 'customers', rows: 21 },
          { schema: '', name: 'odd "name', rows: 0 },
          { schema: '', name: 'orders', rows: 300 },
        ]);
        expect(rest).to.include({ kind: 'sqlite', database: NAME, brokenReferences: 0 });
        expect(prepared.reservations).to.deep.equal([]);
        await prepared[Symbol.asyncDispose]();
        expect(await readdir(scratchDir)).to.deep.equal([]);
      });

    for (const mode of ['wal', 'delete'] as const)
      it(`is copied in one state in ${mode} mode, though another program writes all the time`, async () => {
        make(mode).close();
        const writer = fork(new URL('./sqlite-writer.ts', import.meta.url), [file]);
        await once(writer, 'message');

        for (let copy = 0; copy < 5; copy++) {
          await using prepared = await prepare();

          using still = new DatabaseSync(join(prepared.root, NAME));
          const { paired } = still.prepare('select sum(total) = 0 as paired from pairs').get() as {
            paired: number;
          };
          expect(paired, 'half of a transaction was copied').to.equal(1);
          expect(prepared.reservations).to.deep.equal([]);
        }
        writer.kill();
        await once(writer, 'exit');
      });

    it('keeps the mode of the file, and counts rows that point at nothing', async () => {
      using database = make('delete');
      database.exec('delete from customers where id = 3');
      await using prepared = await prepare();

      expect((await stat(join(prepared.root, NAME))).mode).to.equal((await stat(file)).mode);
      expect(inventoryOf(prepared).brokenReferences).to.equal(15);
    });

    it('is kept with a reservation when it is damaged, and never called good', async () => {
      make('delete').close();
      const { size } = await stat(file);
      for (const at of [4096, 8192, size - 4096]) {
        const damaged = join(folder, `damaged-${at}.db`);
        await copyFile(file, damaged);
        const handle = await open(damaged, 'r+');
        await handle.write(Buffer.alloc(3000, 0x5a), 0, 3000, at);
        await handle.close();

        await using prepared = await prepare(damaged);

        expect(prepared.reservations[0], String(at)).to.include({
          kind: 'torn',
          code: 'capture.database-damaged',
        });
      }
    });

    it('says in words what kept it from being read', async () => {
      await writeFile(join(folder, 'text.db'), 'this is no database at all, whatever its name says');
      const cases = [
        [join(folder, 'none.db'), 'not-found', 'source.missing'],
        [join(folder, 'text.db'), 'unreadable', 'source.not-sqlite'],
        [folder, 'unreadable', 'source.not-sqlite'],
      ] as const;
      for (const [path, fault, code] of cases) {
        const error = await failure(prepare(path));
        expect(error.fault, path).to.equal(fault);
        expect(error.because.code, path).to.equal(code);
      }
      for (const address of ['sqlite://host/a.db', 'sqlite:a.db', 'sqlite:///a.db?mode=rw', 'sqlite:///'])
        expect(() => sqliteSource(address), address).to.throw('sqlite:///absolute');
      expect(await readdir(scratchDir)).to.deep.equal([]);
    });
  });

  describe('that was restored', () => {
    let copy: string;
    let inventory: SqliteInventory;

    beforeEach(async () => {
      make('wal').close();
      const prepared = await prepare();
      inventory = inventoryOf(prepared);
      copy = join(folder, 'restored.db');
      await copyFile(join(prepared.root, NAME), copy);
      await prepared[Symbol.asyncDispose]();
    });

    const prove = (change: Partial<ProofRequest> = {}) =>
      proveSqliteCopy({ file: copy, scratchDir, inventory, assertions: [], ...change });

    it('passes when it is good, with every planted fault caught, and stays as it was', async () => {
      const before = await stat(copy);

      const result = await prove();

      expect(result.finding).to.equal(null);
      expect(result.verdict).to.equal('passed');
      expect(result.plantedFaults.map(({ kind, caught }) => `${kind} ${caught}`)).to.deep.equal([
        'row-deleted true',
        'count-altered true',
        'assertion-untrue true',
        'dump-truncated true',
        'table-dropped true',
      ]);
      expect((await stat(copy)).mtimeMs).to.equal(before.mtimeMs);
      expect(await readdir(scratchDir)).to.deep.equal([]);
    });

    it('fails when it is cut, damaged, or holds something else', async () => {
      const other = { ...inventory, tables: [{ schema: '', name: 'customers', rows: 21 }] };
      expect((await prove({ inventory: other })).finding?.code).to.equal('database.totals-differ');
      expect((await prove({ inventory: { ...inventory, brokenReferences: 2 } })).finding?.code).to.equal(
        'database.references-differ',
      );
      await truncate(copy, (await stat(copy)).size - 4096);
      const result = await prove();
      expect(result.verdict).to.equal('failed');
      expect(result.finding?.code).to.equal('database.damaged');
    });

    it('is asked what the plan asks, one question at a time', async () => {
      const cases = [
        ['select count(*) from orders;', { op: '=', value: 300 }, 'passed', '300'],
        ['select total from totals', { op: 'between', low: 3000, high: 3200 }, 'passed', '3150'],
        ['with x (n) as (select 7) select n > 3 from x -- a remark', { op: '=', value: true }, 'passed', '1'],
        ['select name from customers where id = 99', { op: 'not-empty' }, 'failed', 'nothing'],
        ['select id, name from customers', { op: 'not-empty' }, 'inconclusive', 'one value'],
        ['delete from orders', { op: 'not-empty' }, 'inconclusive', 'syntax'],
        ['select 1; drop table orders', { op: 'not-empty' }, 'inconclusive', 'syntax'],
      ] as const;
      const assertions = cases.map(([query, expectation], index) => ({
        name: `question ${index}`,
        query,
        expectation,
      }));

      const { checks } = await prove({ assertions });

      for (const [index, [query, , expected, observed]] of cases.entries()) {
        const check = checks.find(({ name }) => name === `question ${index}`);
        expect(check?.verdict, query).to.equal(expected);
        expect(check?.observed, query).to.contain(observed);
      }
    });

    it('ends when it is called off, in the middle of a question too', async () => {
      const query = 'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n';
      const endless = [{ name: 'endless', query, expectation: { op: 'not-empty' as const } }];

      const error = await prove({ assertions: endless, signal: AbortSignal.timeout(3000) }).catch(
        (reason) => reason,
      );

      expect(error.name).to.equal('TimeoutError');
    });
  });
});

function inventoryOf({ inventory }: PreparedSource): SqliteInventory {
  if (inventory?.kind !== 'sqlite') throw new Error('It is no inventory of SQLite.');
  return inventory;
}
