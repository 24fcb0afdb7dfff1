import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { createMariadb, mariadb } from '../support/mariadb.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('the main job on other sources', function () {
  this.timeout(180_000);
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
  after(() => test?.[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const post = async (path: string, body?: object) => {
    const { status, body: made } = await api('POST', path, body);
    expect(status, `${path}: ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made;
  };
  /** Backs a source up, restores it as far as it goes, and answers both outcomes. */
  const backUpAndProve = async (
    name: string,
    source: string,
    question?: { query: string; value: number },
  ) => {
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source });
    if (question) {
      const plan = await post(`/clients/${test.acme.client}/plans`, { kind: 'drp', title: `PRA ${name}` });
      const { query, value } = question;
      const assertion = { asset: asset.id, name: 'Enough', query, expectation: { op: '=', value } };
      await post(`/plans/${plan.id}/assertions`, assertion);
    }
    const { id } = await post(`/backup-policies/${policy.id}/runs`);
    const run = (await until(() => api('GET', `/backup-runs/${id}`), ENDED)).body;
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const point = body.items.find((one: { asset: { id: string } }) => one.asset.id === asset.id);
    if (!point) return { run, policy, point, proof: null };
    const asked = await post('/restore-tests', { recoveryPoint: point.id });
    const proof = (await until(() => api('GET', `/restore-tests/${asked.id}`), ENDED)).body;
    return { run, policy, point, proof };
  };

  it('backs up a MariaDB database, starts it again elsewhere, and asks it what the plan asks', async () => {
    await using database = await createMariadb();
    await mariadb(
      database.url,
      'create table orders (id int primary key)',
      'insert into orders select seq from seq_1_to_2000',
    );

    const question = { query: 'select count(*) from orders', value: 2000 };
    const { run, policy, proof } = await backUpAndProve('Boutique', database.url, question);

    expect(run).to.include({ state: 'done', finding: null });
    expect(policy.sourceKind).to.equal('mariadb');
    expect(JSON.stringify(policy)).to.not.include('r00t');
    expect(proof, JSON.stringify(proof)).to.include({ state: 'passed', reached: 'L4', finding: null });
    expect(proof.result.plantedFaults.map(({ kind }: { kind: string }) => kind)).to.include('table-dropped');
    expect(proof.plantedFaults).to.equal(proof.caught);
  });

  it('backs up a SQLite database, and lets SQLite itself judge what came back', async () => {
    const file = `${test.dataDir}/été.db`;
    const database = new DatabaseSync(file);
    database.exec('pragma journal_mode = wal; create table orders (id integer primary key)');
    database.exec('insert into orders values (1), (2), (3)');

    const question = { query: 'select count(*) from orders', value: 4 };
    const { run, proof } = await backUpAndProve('Caisse', `sqlite://${encodeURI(file)}`, question);
    database.close();

    expect(run).to.include({ state: 'done', finding: null });
    expect(proof, JSON.stringify(proof)).to.include({ state: 'failed', reached: 'L3' });
    expect(proof.finding.code).to.equal('database.answer-wrong');
    expect(proof.plantedFaults).to.equal(proof.caught);
  });

  it('keeps what a source could not hand over with the point', async () => {
    await using database = await createMariadb();
    await mariadb(database.url, 'create table old (id int) engine=myisam');

    const { point } = await backUpAndProve('Ancienne', database.url);

    expect(point.counts.torn).to.equal(1);
    expect(point.reservations[0]).to.include({
      kind: 'torn',
      path: 'old',
      code: 'capture.not-transactional',
    });
  });

  it('refuses a SQLite database of a place that nobody has allowed', async () => {
    const asset = await post(`/clients/${test.acme.client}/assets`, { name: 'Ailleurs', kind: 'data-set' });
    const source = 'sqlite:///var/lib/other/a.db';
    const { status, body } = await api('POST', '/backup-policies', { asset: asset.id, store, source });

    expect(status, JSON.stringify(body)).to.equal(422);
  });

  it('backs up a bucket, restores it, and shows its secret to nobody', async function () {
    const s3: S3Server = await sharedS3Server(this);
    await s3.createBucket('as-source');
    const { PutObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({
      endpoint: s3.endpoint,
      region: s3.region,
      credentials: s3,
      forcePathStyle: true,
      requestChecksumCalculation: 'WHEN_REQUIRED',
    });
    for (const Key of ['a//b', 'docs/été.txt', 'docs'])
      await client.send(new PutObjectCommand({ Bucket: 'as-source', Key, Body: Key }));
    client.destroy();
    const keys = `${s3.accessKeyId}:${s3.secretAccessKey}`;
    const source = `s3://${keys}@as-source/?endpoint=${s3.endpoint}&region=${s3.region}`;

    const { run, policy, proof } = await backUpAndProve('Seau', source);

    expect(run, JSON.stringify(run)).to.include({ state: 'done', finding: null });
    expect(JSON.stringify([run, policy, proof])).to.not.include(s3.secretAccessKey);
    expect(proof, JSON.stringify(proof)).to.include({ state: 'passed', reached: 'L3', finding: null });
  });
});
