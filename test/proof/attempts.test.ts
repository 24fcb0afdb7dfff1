import { randomBytes } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { finishBackup } from '#/plans/backup-run-ends.ts';
import { startBackup } from '#/plans/backup-run-starts.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('attempts at a run', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  before(async () => {
    test = await startTestService({ worker: true, env: { RETRY_PAUSES: '1,1' } });
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await post(`/clients/${test.acme.client}/stores`, { name: 'Coffre', address })).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const post = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const protect = async (name: string, source: string) => {
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source });
    return { policy: policy.id as string, label: asset.label as string };
  };
  const protectFolder = async (name: string, megabytes: number) => {
    const folder = `${test.dataDir}/${name}`;
    await mkdir(folder);
    for (let file = 0; file < megabytes; file++) await writeFile(`${folder}/${file}`, randomBytes(1_000_000));
    return protect(name, folder);
  };
  const headsOf = async (label: string) => {
    const folder = `${test.dataDir}/stores/acme/${label}/snapshots`;
    const points = await readdir(folder).catch(() => []);
    const files = await Promise.all(points.map((point) => readdir(`${folder}/${point}`)));
    return files.filter((names) => names.includes('head.json')).length;
  };
  const attemptsOf = async (path: string) =>
    (await api('GET', `${path}/attempts`)).body.items.map(
      ({ how, finding }: { how: string | null; finding: { code: string } | null }) =>
        `${how ?? 'open'}${finding ? ` ${finding.code}` : ''}`,
    );

  it('that is called off ends within seconds, leaves no point, and shows nothing for or against', async () => {
    const { policy, label } = await protectFolder('gros', 200);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => api('GET', `/backup-runs/${id}`),
      ({ body }) => body.progress !== null,
    );
    const { body: paces } = await api('GET', `/clients/${test.acme.client}/paces`);
    expect(paces.items).to.have.length(1);
    expect(paces.items[0]).to.include({ run: id, kind: 'backup-run', pace: 'steady', left: null });
    expect(
      (await api('GET', `/clients/${test.acme.client}/paces`, undefined, test.other.tokens.owner)).status,
    ).to.equal(404);
    const { body: cancelled } = await api('POST', `/backup-runs/${id}/cancellation`, {
      reason: 'Disque changé',
    });
    expect(cancelled).to.include({ state: 'cancelled', cancelReason: 'Disque changé', progress: null });
    expect(await attemptsOf(`/backup-runs/${id}`)).to.deep.equal(['cancelled']);
    const again = await post(`/backup-policies/${policy}/runs`);
    expect((await until(() => api('GET', `/backup-runs/${again.id}`), ENDED)).body).to.include({
      state: 'done',
    });
    expect(await headsOf(label), 'one point, of the second run').to.equal(1);
    expect((await api('POST', `/backup-runs/${id}/cancellation`, {})).body).to.include({
      key: 'backup-run.over',
    });
    await using session = await openSession(test.superuserUrl);
    const told = await session.query(`select finding from evidence where code = 'BRN'`);
    expect(told).to.deep.equal([{ finding: 'supports' }]);
  });

  it('that cannot reach its source are made again, and what the first one met stays', async () => {
    const port = await freePort();
    const { policy } = await protect('Base', `postgresql://erp:secret@127.0.0.1:${port}/erp`);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    const { body: run } = await until(() => api('GET', `/backup-runs/${id}`), ENDED);
    expect(run).to.include({ state: 'failed' });
    const attempts = await attemptsOf(`/backup-runs/${id}`);
    expect(attempts).to.have.length(3);
    expect(attempts.map((one: string) => one.split(' ')[0])).to.deep.equal(['retried', 'retried', 'failed']);
    expect(new Set(attempts.map((one: string) => one.split(' ')[1])).size).to.equal(1);
  });

  it('that fail of what does not pass by itself are not made again', async () => {
    const { policy } = await protect('Absent', `${test.dataDir}/nowhere`);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    expect((await until(() => api('GET', `/backup-runs/${id}`), ENDED)).body).to.include({ state: 'failed' });
    expect(await attemptsOf(`/backup-runs/${id}`)).to.have.length(1);
  });

  it('that lost their turn publish nothing, and may not say how the run ended', async () => {
    const { policy, label } = await protectFolder('pris', 150);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => api('GET', `/backup-runs/${id}`),
      ({ body }) => body.state === 'running',
    );
    const taken = await test.service.inProvider(test.acme.id, (work) =>
      startBackup(work, id, 'another worker'),
    );
    await until(
      async () => ({ status: 200, headers: new Headers(), body: await attemptsOf(`/backup-runs/${id}`) }),
      ({ body }) => body[0] === 'lost',
    );
    await new Promise((done) => setTimeout(done, 5000));
    expect(await headsOf(label)).to.equal(0);
    expect((await api('GET', `/backup-runs/${id}`)).body).to.include({ state: 'running' });
    expect(await attemptsOf(`/backup-runs/${id}`)).to.deep.equal(['lost', 'open']);
    expect(taken?.attempt).to.equal(2);
  });

  it('that made a point before they lost their turn are believed: the point is there', async () => {
    const { policy } = await protectFolder('tard', 1);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(() => api('GET', `/backup-runs/${id}`), ENDED);
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const point = points.items[0];
    await test.service.inProvider(test.acme.id, (work) =>
      finishBackup(work, id, 7, { ...point, point: '20261122T000000000Z-0123456789ab' }),
    );
    const { body: after } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    expect(after.items).to.have.length(points.items.length + 1);
  });

  it('at a restore test can be called off too, by those who may ask for one', async () => {
    const { policy } = await protectFolder('test', 120);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(() => api('GET', `/backup-runs/${id}`), ENDED);
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const asked = await post('/restore-tests', { recoveryPoint: points.items[0].id, level: 'L3' });
    const reader = test.acme.tokens['client-reader'];
    expect((await api('POST', `/restore-tests/${asked.id}/cancellation`, {}, reader)).status).to.equal(403);
    expect(
      (await api('POST', `/restore-tests/${asked.id}/cancellation`, {}, test.other.tokens.owner)).status,
    ).to.equal(404);
    expect(await post(`/restore-tests/${asked.id}/cancellation`, {})).to.include({
      state: 'cancelled',
      reached: null,
    });
    await new Promise((done) => setTimeout(done, 4000));
    expect((await api('GET', `/restore-tests/${asked.id}`)).body).to.include({ state: 'cancelled' });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}
