/** What is at a source and in no point, by a list that owes nothing to the backup. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import pg from 'pg';
import { compareLists, findOmissions } from '#/jobs/recovery-points/find-omissions.ts';
import { listSource, type OwnList } from '#/jobs/sources/own-list.ts';
import { queueDueOmissionChecks } from '#/plans/omission-checks.ts';
import { makeWorld, type World } from '../recovery-points/world.ts';
import { createMariadb, mariadb } from '../support/mariadb.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const DAY = 86_400_000;

describe('what a point leaves out', function () {
  this.timeout(120_000);

  describe('of a folder', () => {
    let world: World;
    before(async () => {
      world = await makeWorld();
      for (const name of ['a.txt', 'tmp/x.log', 'été/ligne\nneuve.txt', 'gros.iso']) put(name);
      symlinkSync('a.txt', path.join(world.source, 'lien'));
      execFileSync('mkfifo', [path.join(world.source, 'tube')]);
    });
    after(() => world[Symbol.asyncDispose]());

    const put = (name: string) => {
      mkdirSync(path.dirname(path.join(world.source, name)), { recursive: true });
      writeFileSync(path.join(world.source, name), name);
    };
    const look = async () => {
      const { store, identity, publicKey } = world;
      const list = await listSource(world.source);
      const request = { store, asset: 'files', point: (await newest()).id, identity, trust: [publicKey] };
      return findOmissions(list, { ...request, missedBefore: [] });
    };
    const newest = async () => ({ id: made.at(-1)! });
    const made: string[] = [];
    const backUp = async (options: Parameters<World['backUp']>[0] = {}) => {
      made.push((await world.backUp(options)).pointId);
    };

    it('is nothing where all was kept, whatever it is called', async () => {
      await backUp();
      expect(await look()).to.deep.include({
        listed: 6,
        held: 6,
        newer: 0,
        omitted: { count: 0, first: [] },
        caught: true,
      });
    });

    it('is told by the rule that leaves it out', async () => {
      await backUp({ rules: { include: [], exclude: ['*.iso', 'tmp/**'] } });
      expect(await look()).to.deep.include({
        held: 4,
        ruledOut: { '*.iso': 1, 'tmp/**': 1 },
        omitted: { count: 0, first: [] },
      });
    });

    it('is newer than the point, or was there before it and is an omission', async () => {
      await backUp();
      put('arrive.txt');
      expect(await look()).to.deep.include({ newer: 1, omitted: { count: 0, first: [] } });
      // A point that says it was begun tomorrow should have held what is there today.
      await backUp({ now: () => new Date(Date.now() + DAY) });
      put('oublie.txt');
      expect(await look()).to.deep.include({ newer: 0, omitted: { count: 1, first: ['oublie.txt'] } });
    });

    it('cannot be said of a folder that is not there', async () => {
      const error = await listSource(path.join(world.folder, 'nulle-part')).catch((refused) => refused);
      expect(error.because.code).to.equal('source.not-listed');
    });
  });

  describe('of a database', () => {
    const facts = { startedAt: '2026-01-02T00:00:00Z', rules: { include: [], exclude: [] } };
    const tables = (...names: string[]): OwnList => ({
      kind: 'tables',
      things: names.map((name) => ({ name, changedAt: null, ruledOut: null })),
      beside: [],
      unseen: 0,
    });
    const held = new Map([['public.a', false]]);

    it('counts once it was missing at a look before the point was made', () => {
      const first = compareLists(tables('public.a', 'public.b'), { held, facts, missedBefore: [] });
      expect(first).to.deep.include({ held: 1, unconfirmed: ['public.b'], caught: true });
      expect(first.omitted.count).to.equal(0);
      const next = compareLists(tables('public.a', 'public.b'), { held, facts, missedBefore: ['public.b'] });
      expect(next).to.deep.include({ unconfirmed: [], omitted: { count: 1, first: ['public.b'] } });
    });

    it('is listed by the catalogue of PostgreSQL, with the databases beside it', async () => {
      await using database = await createTestDatabase();
      const { url, name } = { url: database.ownerUrl, name: new URL(database.ownerUrl).pathname.slice(1) };
      await using other = await createTestDatabase();
      const { openSession } = await import('#/jobs/sources/postgresql-connection.ts');
      await using session = await openSession(url);
      await session.query('create table facture (a int)');
      const list = await listSource(url);
      expect(list.things.map(({ name: table }) => table)).to.deep.equal(['public.facture']);
      expect(list.beside).to.include(new URL(other.ownerUrl).pathname.slice(1)).and.not.include(name);
    });

    it('is listed by the catalogue of MariaDB and of SQLite', async () => {
      await using database = await createMariadb();
      await mariadb(database.url, 'create table facture (a int)', 'create view v as select 1');
      const list = await listSource(database.url);
      expect(list.things.map(({ name }) => name)).to.deep.equal(['facture']);
      expect(list.beside).to.not.include(database.name);
      await using world = await makeWorld();
      const file = path.join(world.folder, 'a.db');
      const sqlite = new DatabaseSync(file);
      sqlite.exec('create table facture (a); create view v as select 1');
      sqlite.close();
      expect((await listSource(`sqlite://${file}`)).things.map(({ name }) => name)).to.deep.equal([
        'facture',
      ]);
    });
  });

  describe('through the front door', () => {
    let test: TestService;
    let asset: string;
    before(async () => {
      test = await startTestService({ worker: true });
      const source = path.join(test.dataDir, 'partage');
      mkdirSync(source);
      writeFileSync(path.join(source, 'a.txt'), 'a');
      asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Partage', kind: 'data-set' });
      const store = await made(`/clients/${test.acme.client}/stores`, {
        name: 'Coffre',
        address: `file://${test.dataDir}/stores/acme`,
      });
      const policy = await made('/backup-policies', { asset, store, source });
      expect((await ask(test.acme.tokens.owner)).status).to.equal(409);
      const run = await made(`/backup-policies/${policy}/runs`);
      await until(
        () => api('GET', `/backup-runs/${run}`),
        ({ body }) => body.state === 'done',
      );
      writeFileSync(path.join(source, 'b.txt'), 'b');
    });
    after(() => test[Symbol.asyncDispose]());

    const api = (method: string, address: string, body?: object) =>
      test.api(test.acme.tokens.owner, method, `/api/v1${address}`, body);
    const made = async (address: string, body?: object) => {
      const { status, body: answer } = await api('POST', address, body);
      expect(status, `${address}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
      return answer.id as string;
    };
    const ask = (token: string) =>
      test.api(token, 'POST', `/api/v1/clients/${test.acme.client}/omission-checks`, { asset });

    it('is looked for when somebody asks who may, and shown', async () => {
      expect((await ask(test.acme.tokens['client-reader'])).status).to.equal(403);
      expect((await ask(test.other.tokens.owner)).status).to.equal(404);
      const { body: asked } = await ask(test.acme.tokens.owner);
      const { body } = await until(
        () => api('GET', `/omission-checks/${asked.id}`),
        ({ body: one }) => one.state !== 'queued',
      );
      expect(body, JSON.stringify(body.finding)).to.deep.include({ state: 'none-found', finding: null });
      expect(body.result).to.deep.include({ listed: 2, held: 1, newer: 1, caught: true });
      const page = await (await visit(test, test.acme.emails.owner)).read(`/omission-checks/${asked.id}`);
      expect(page).to.include('aucun oubli trouvé').and.include('Rien ne manque sans raison');
    });

    it('is looked for once, however many clocks find it due in the same moment', async () => {
      const count = async () =>
        (await api('GET', `/clients/${test.acme.client}/omission-checks`)).body.items.length;
      const before = await count();
      const now = new Date(Date.now() + 2 * DAY);
      const tick = () =>
        test.service.inProvider(test.acme.id, (work) =>
          queueDueOmissionChecks({ ...work, now, enqueue: async () => {} }),
        );
      await Promise.all([tick(), tick(), tick(), tick()]);
      expect(await count()).to.equal(before + 1);
    });

    it('that was found stands against what the client relies on', async () => {
      const contradictions = async () =>
        (await api('GET', `/clients/${test.acme.client}/readiness`)).body.contradictions;
      expect(JSON.stringify(await contradictions())).to.not.include('things-omitted');
      const client = new pg.Client({ connectionString: test.superuserUrl });
      await client.connect();
      await client.query('update omission_checks set omitted = 3').finally(() => client.end());
      const found = (await contradictions()).find(
        ({ key }: { key: string }) => key === 'readiness.things-omitted',
      );
      expect(found.params).to.deep.include({ asset: 'Partage', count: 3 });
      const owner = await visit(test, test.acme.emails.owner);
      expect(await owner.read(`/clients/${test.acme.client}/omission-checks`)).to.include('oublis trouvés');
    });
  });
});
