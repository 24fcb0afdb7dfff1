import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { verifyChain } from '#/plans/audit.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('the main job', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  before(async () => {
    test = await startTestService({ worker: true });
    store = (
      await post(`/clients/${test.acme.client}/stores`, {
        name: 'Coffre',
        address: `file://${test.dataDir}/stores/acme`,
      })
    ).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const post = async (path: string, body?: object) => {
    const { status, body: made } = await api('POST', path, body);
    expect(status, `${path}: ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made;
  };
  const protect = async (name: string, source: string) => {
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source });
    return { asset: asset.id as string, policy: policy.id as string };
  };
  const backUp = async (policy: string) => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    return (await until(() => api('GET', `/backup-runs/${id}`), ENDED)).body;
  };
  const newestPoint = async (asset: string) => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    return body.items.find((point: { asset: { id: string } }) => point.asset.id === asset);
  };
  const prove = async (point: string) => {
    const { id } = await post('/restore-tests', { recoveryPoint: point });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
  };

  it('backs up a folder, restores it, compares it, and catches every planted fault', async () => {
    const folder = `${test.dataDir}/source`;
    await mkdir(`${folder}/sub`, { recursive: true });
    for (let file = 0; file < 50; file++)
      await writeFile(`${folder}/sub/${file}.txt`, `file ${file}\n`.repeat(file + 1));
    const { asset, policy } = await protect('Documents', folder);

    expect(await backUp(policy)).to.include({ state: 'done', finding: null });
    const point = await newestPoint(asset);
    expect(point).to.include({ files: 50 });

    const proof = await prove(point.id);
    expect(proof, JSON.stringify(proof)).to.include({ state: 'passed', reached: 'L3', finding: null });
    expect(proof.plantedFaults).to.be.greaterThan(5).and.to.equal(proof.caught);
    expect(proof.seconds).to.be.greaterThan(0);
    expect(proof.dataAgeSeconds).to.be.at.least(0);
  });

  it('stops at the level that was asked for, and claims no more', async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    for (const level of ['L0', 'L2a', 'L2b']) {
      const { id } = await post('/restore-tests', { recoveryPoint: body.items[0].id, level });
      const proof = (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
      expect(proof, JSON.stringify(proof)).to.include({
        state: 'passed',
        requested: level,
        reached: level,
        seconds: null,
      });
      expect(proof.plantedFaults).to.be.greaterThan(0);
    }
  });

  it('backs up a database, starts it again elsewhere, and asks it what the plan asks', async () => {
    await using database = await createTestDatabase();
    await using session = await openSession(database.ownerUrl);
    await session.query(`create table orders (id int primary key, total numeric)`);
    await session.query('insert into orders select n, n * 1.5 from generate_series(1, 2000) n');
    const { asset, policy } = await protect('ERP', database.ownerUrl);
    const plan = await post(`/clients/${test.acme.client}/plans`, { kind: 'drp', title: 'PRA' });
    const ask = (name: string, query: string, expectation: object) =>
      post(`/plans/${plan.id}/assertions`, { asset, name, query, expectation });
    await ask('Every order is there', 'select count(*) from orders', { op: '>=', value: 2000 });

    expect((await backUp(policy)).state).to.equal('done');
    const point = await newestPoint(asset);
    const proof = await prove(point.id);
    expect(proof, JSON.stringify(proof)).to.include({ state: 'passed', reached: 'L4', finding: null });
    expect(proof.plantedFaults).to.equal(proof.caught);

    await ask('Nobody owes more than there is', 'select max(total) from orders', {
      op: 'between',
      low: 0,
      high: 10,
    });
    const second = await prove(point.id);
    expect(second).to.include({ state: 'failed', reached: 'L3' });
    expect(second.finding.message).to.match(/Nobody owes more/);
  });

  it('calls a damaged pack failed, names it, and keeps the earlier point', async () => {
    const folder = `${test.dataDir}/damaged`;
    await mkdir(folder);
    await writeFile(`${folder}/a`, 'first');
    const { asset, policy } = await protect('Fragile', folder);
    await backUp(policy);
    const first = await newestPoint(asset);
    await writeFile(`${folder}/b`, 'second');
    await backUp(policy);
    const second = await newestPoint(asset);
    expect(second.id).to.not.equal(first.id);

    const packs = `${test.dataDir}/stores/acme/${second.asset.label}/packs`;
    const head = JSON.parse(
      await readFile(
        `${test.dataDir}/stores/acme/${second.asset.label}/snapshots/${second.point}/head.json`,
        'utf8',
      ),
    );
    const damage = async (sha256: string) => {
      const name = (await readdir(packs)).find((file) => file.startsWith(sha256)) ?? '';
      const bytes = await readFile(`${packs}/${name}`);
      bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
      await writeFile(`${packs}/${name}`, bytes, { mode: 0o600 });
    };
    const [shared, own] = head.packs.map(({ sha256 }: { sha256: string }) => sha256);
    await damage(own);
    const proof = await prove(second.id);
    expect(proof.state).to.equal('failed');
    expect(proof.finding.message).to.include(own.slice(0, 12));
    expect((await prove(first.id)).state).to.equal('passed');

    // What both points hold is lost to both, and to no later one: after a failed proof everything is stored anew.
    await damage(shared);
    expect((await prove(first.id)).state).to.equal('failed');
    await backUp(policy);
    expect((await prove((await newestPoint(asset)).id)).state).to.equal('passed');
  });

  it('calls a store out of reach inconclusive, and a source that is gone failed, and never a pass', async () => {
    const folder = `${test.dataDir}/gone`;
    await mkdir(folder);
    await writeFile(`${folder}/a`, 'x');
    const asset = await post(`/clients/${test.acme.client}/assets`, { name: 'Lointain', kind: 'data-set' });
    const far = await post(`/clients/${test.acme.client}/stores`, {
      name: 'Injoignable',
      address: 's3://bucket/prefix?endpoint=http://127.0.0.1:9&region=x',
      accessKeyId: 'K',
      secretAccessKey: 'a-secret-that-must-not-leak',
    });
    const policy = await post('/backup-policies', { asset: asset.id, store: far.id, source: folder });
    const run = await backUp(policy.id);
    expect(run.state).to.equal('failed');
    expect(run.finding.message)
      .to.match(/127\.0\.0\.1:9|reach/)
      .and.not.include('a-secret');

    const missing = await protect('Parti', `${test.dataDir}/never-was`);
    const gone = await backUp(missing.policy);
    expect(gone.state).to.equal('failed');
    expect(gone.finding.message).to.include('never-was');
  });

  it('leaves a trail that is whole', async () => {
    const state = await test.service.inProvider(test.acme.id, verifyChain);
    expect(state).to.include({ intact: true });
    expect(state.events).to.be.greaterThan(20);
  });
});
