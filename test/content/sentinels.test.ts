/** Dated sentinels: put into a source before each backup, and found again in what is restored. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import pg from 'pg';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { plantSentinel, SENTINEL_QUERY } from '#/jobs/sources/sentinel.ts';
import { SourceError } from '#/jobs/sources/source.ts';
import { createMariadb, mariadb } from '../support/mariadb.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('a dated sentinel', function () {
  this.timeout(120_000);

  describe('in a source', () => {
    it('is one row of a table of ours in PostgreSQL, and refused by a role that may not make it', async () => {
      await using database = await createTestDatabase();
      await plantSentinel(database.ownerUrl, 'first');
      await plantSentinel(database.ownerUrl, 'second');
      await using session = await openSession(database.ownerUrl);
      expect(await session.queryText(SENTINEL_QUERY)).to.deep.equal([['second']]);
      await session.query('drop table reprise_sentinel');
      const error = await plantSentinel(database.serviceUrl, 'third').catch((refused) => refused);
      expect(error).to.be.instanceOf(SourceError);
      expect(error.because.code).to.equal('source.sentinel-refused');
      expect(error.because.params.original).to.include('permission denied');
    });

    it('is one row in MariaDB as well', async () => {
      await using database = await createMariadb();
      await plantSentinel(database.url, 'first');
      await plantSentinel(database.url, 'second');
      expect(await mariadb(database.url, SENTINEL_QUERY)).to.deep.equal([['second']]);
    });
  });

  describe('from the source to the proof', () => {
    let test: TestService;
    let store: string;
    before(async () => {
      test = await startTestService({ worker: true });
      store = await made(`/clients/${test.acme.client}/stores`, {
        name: 'Coffre',
        address: `file://${test.dataDir}/stores/acme`,
      });
    });
    after(() => test[Symbol.asyncDispose]());

    const api = (method: string, address: string, body?: object) =>
      test.api(test.acme.tokens.owner, method, `/api/v1${address}`, body);
    const made = async (address: string, body?: object) => {
      const { status, body: answer } = await api('POST', address, body);
      expect(status, `${address}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
      return answer.id as string;
    };
    const protect = async (name: string, source: string) => {
      const asset = await made(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
      const policy = await made('/backup-policies', { asset, store, source });
      const sentinel = await made(`/clients/${test.acme.client}/sentinels`, { asset });
      return { asset, policy, sentinel };
    };
    const backUp = async ({ asset, policy }: { asset: string; policy: string }) => {
      const run = await made(`/backup-policies/${policy}/runs`);
      const { body: ended } = await until(() => api('GET', `/backup-runs/${run}`), ENDED);
      const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
      const point = body.items.find((one: { asset: { id: string } }) => one.asset.id === asset);
      return { run: ended, point };
    };
    const prove = async (recoveryPoint: string, level: string) => {
      const id = await made('/restore-tests', { recoveryPoint, level });
      return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
    };
    const faultsOf = (proof: { result: { plantedFaults: { kind: string; caught: boolean }[] } }) =>
      proof.result.plantedFaults
        .filter(({ kind }) => kind.startsWith('sentinel'))
        .map(({ kind, caught }) => [kind, caught]);
    /** As if another had been put there: what a backup of a frozen copy would hold. */
    const expectAnother = async (run: string) => {
      const client = new pg.Client({ connectionString: test.superuserUrl });
      await client.connect();
      try {
        const { rowCount } = await client.query(
          `update planted_sentinels set text = 'reprise-sentinel 2026-12-01T00:00:00.000Z x' where run_id = $1`,
          [run],
        );
        expect(rowCount).to.equal(1);
      } finally {
        await client.end();
      }
    };

    it('dates a folder from within, and catches one that is another', async () => {
      const folder = path.join(test.dataDir, 'partage');
      mkdirSync(folder);
      writeFileSync(path.join(folder, 'a.txt'), 'contenu');
      const kept = await protect('Partage', folder);
      const { run, point } = await backUp(kept);
      const text = readFileSync(path.join(folder, 'reprise-sentinel.txt'), 'utf8');
      expect(text)
        .to.match(/^reprise-sentinel \S+Z /)
        .and.include(run.id);
      const proof = await prove(point.id, 'L3');
      expect([proof.state, proof.finding]).to.deep.equal(['passed', null]);
      expect(proof.result.dataFrom).to.equal(text.split(' ')[1]);
      expect(faultsOf(proof)).to.deep.equal([
        ['sentinel-aged', true],
        ['sentinel-missing', true],
      ]);
      const aged = Math.floor((Date.parse(proof.startedAt) - Date.parse(proof.result.dataFrom)) / 1000);
      expect(proof.dataAgeSeconds).to.equal(Math.max(0, aged));
      const owner = await visit(test, test.acme.emails.owner);
      expect(await owner.read(`/restore-tests/${proof.id}`)).to.include('Sentinelle vieillie');
      expect(await owner.read(`/clients/${test.acme.client}/sentinels`)).to.include('Partage');

      await expectAnother(run.id);
      const stale = await prove(point.id, 'L3');
      expect([stale.state, stale.finding.code]).to.deep.equal(['failed', 'sentinel.another']);
      expect(await owner.read(`/restore-tests/${stale.id}`)).to.include('plus vieilles que la sauvegarde');
    });

    it('is asked of a restored database', async () => {
      const file = path.join(test.dataDir, 'compta.db');
      const database = new DatabaseSync(file);
      database.exec('create table t (a); insert into t values (1)');
      database.close();
      const kept = await protect('Compta', `sqlite://${file}`);
      const { run, point } = await backUp(kept);
      const proof = await prove(point.id, 'L4');
      expect([proof.state, proof.reached, proof.finding]).to.deep.equal(['passed', 'L4', null]);
      expect(proof.result.dataFrom).to.be.a('string');
      expect(faultsOf(proof).map(([, caught]) => caught)).to.deep.equal([true, true]);

      await expectAnother(run.id);
      const stale = await prove(point.id, 'L4');
      expect([stale.state, stale.reached, stale.finding.code]).to.deep.equal([
        'failed',
        'L3',
        'sentinel.another',
      ]);
    });

    it('that a source refuses is told, and the backup goes on', async () => {
      const folder = path.join(test.dataDir, 'plein');
      mkdirSync(path.join(folder, 'reprise-sentinel.txt/x'), { recursive: true });
      const kept = await protect('Plein', folder);
      const { run } = await backUp(kept);
      expect(run.state).to.equal('done');
      const { body } = await api('GET', `/sentinels/${kept.sentinel}`);
      expect(body.refusal.code).to.equal('source.sentinel-refused');
      const owner = await visit(test, test.acme.emails.owner);
      expect(await owner.read(`/sentinels/${kept.sentinel}`)).to.include('n’a pas pris la sentinelle');
    });

    it('is allowed once for each asset that is backed up from here, by those who may', async () => {
      const bare = await made(`/clients/${test.acme.client}/assets`, { name: 'Nu', kind: 'data-set' });
      const allow = (token: string, asset: string) =>
        test.api(token, 'POST', `/api/v1/clients/${test.acme.client}/sentinels`, { asset });
      const { asset, sentinel } = (await listed())[0]!;
      expect((await allow(test.acme.tokens.owner, bare)).status).to.equal(409);
      expect((await allow(test.acme.tokens.owner, asset)).status).to.equal(409);
      expect((await allow(test.acme.tokens['client-reader'], asset)).status).to.equal(403);
      expect((await allow(test.other.tokens.owner, asset)).status).to.equal(404);
      expect((await api('DELETE', `/sentinels/${sentinel}`)).status).to.be.within(200, 204);
      expect((await api('GET', `/sentinels/${sentinel}`)).status).to.equal(404);
    });

    const listed = async (): Promise<{ asset: string; sentinel: string }[]> =>
      (await api('GET', `/clients/${test.acme.client}/sentinels`)).body.items.map(
        ({ asset, id }: { asset: string; id: string }) => ({ asset, sentinel: id }),
      );
  });
});
