import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { FaultyProxy, type RequestKind } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const MEGABYTES = 90;
const ENDED = ({ state }: { state: string }) => !['queued', 'running'].includes(state);
describe('a store that goes away in the middle of work', function () {
  this.timeout(180_000);
  let s3: S3Server;
  let line: FaultyProxy;
  let isDown = false;
  let test: TestService;
  let address: string;
  let policy: string;
  let label: string;
  before(async function () {
    s3 = await sharedS3Server(this);
    await s3.createBucket('outage');
    test = await startTestService({ worker: true, env: { RETRY_PAUSES: '1' } });
    const source = `${test.dataDir}/source`;
    await mkdir(source);
    for (let file = 0; file < MEGABYTES; file++) await writeFile(`${source}/${file}`, randomBytes(1_000_000));
    line = await FaultyProxy.start(new URL(s3.endpoint));
    address = `s3://outage/acme?endpoint=${line.endpoint}&region=${s3.region}`;
    const { accessKeyId, secretAccessKey } = s3;
    const { client } = test.acme;
    const store = await post(`/clients/${client}/stores`, {
      name: 'Seau',
      address,
      accessKeyId,
      secretAccessKey,
    });
    const asset = await post(`/clients/${client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    label = asset.label;
    policy = (await post('/backup-policies', { asset: asset.id, store: store.id, source })).id;
  });
  after(async () => {
    await test?.[Symbol.asyncDispose]();
    await line?.[Symbol.asyncDispose]();
    if (isDown) await s3.startGateway();
  });

  const api = async (method: string, path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const get = (path: string) => api('GET', path);
  const post = (path: string, body?: object) => api('POST', path, body);
  const attemptsOf = async (path: string): Promise<string[]> =>
    (await get(`${path}/attempts`)).items.map(
      ({ how, finding }: { how: string | null; finding: { code: string } | null }) =>
        `${how ?? 'open'}${finding ? ` ${finding.code}` : ''}`,
    );
  const bringBack = async () => {
    await s3.startGateway();
    isDown = false;
  };
  /** Ends the gateway once so many packs have begun to pass the line. */
  const goAwayAfter = async (kind: RequestKind, count: number) => {
    line.heal();
    while (line.count(kind) < count) await sleep(1);
    isDown = true;
    await s3.killGateway();
  };
  const points = async () => (await get(`/clients/${test.acme.client}/recovery-points`)).items;
  const evidence = async () => {
    await using session = await openSession(test.superuserUrl);
    return (await session.query('select code, finding from evidence order by at')).map(
      ({ code, finding }) => `${code} ${finding}`,
    );
  };
  const inStore = async () => {
    const { accessKeyId, secretAccessKey } = s3;
    const store = await openStore(address, { credentials: { accessKeyId, secretAccessKey } });
    const { points: listed } = await listPoints(store, label);
    await store.close();
    return listed.map(({ id }) => id);
  };

  it('and comes back: the backup is tried again, and makes one point, which is whole', async () => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await goAwayAfter('put', 3);
    await until(
      () => attemptsOf(`/backup-runs/${id}`),
      ([first]) => first !== 'open',
    );
    await bringBack();
    expect(await until(() => get(`/backup-runs/${id}`), ENDED)).to.include({ state: 'done', finding: null });
    const attempts = await attemptsOf(`/backup-runs/${id}`);
    expect(attempts[0]).to.match(/^retried store\./);
    expect(attempts.at(-1)).to.equal('done');
    expect(await inStore()).to.deep.equal((await points()).map(({ point }: { point: string }) => point));
    expect(await evidence()).to.deep.equal(['BRN supports']);
  });

  /** In full: IN_FULL=1. A backup shows the same. */
  const inFull = process.env.IN_FULL ? it : () => undefined;
  inFull('and comes back: the restore test is tried again, and passes', async () => {
    const [point] = await points();
    const { id } = await post('/restore-tests', { recoveryPoint: point.id, level: 'L3' });
    await goAwayAfter('get', 4);
    await until(
      () => attemptsOf(`/restore-tests/${id}`),
      ([first]) => first !== 'open',
    );
    await bringBack();
    expect(await until(() => get(`/restore-tests/${id}`), ENDED)).to.include({
      state: 'passed',
      reached: 'L3',
    });
    expect((await attemptsOf(`/restore-tests/${id}`))[0]).to.match(/^retried store\./);
  });

  it('and stays away: the test shows nothing, for or against, and says why', async () => {
    const before = await evidence();
    const [point] = await points();
    const { id } = await post('/restore-tests', { recoveryPoint: point.id, level: 'L3' });
    await goAwayAfter('get', 4);
    const ended = await until(() => get(`/restore-tests/${id}`), ENDED);
    expect(ended).to.include({ state: 'inconclusive', reached: null });
    expect((ended as { finding?: { code: string } }).finding?.code).to.match(/^store\./);
    expect(await attemptsOf(`/restore-tests/${id}`)).to.have.length(2);
    expect(await evidence()).to.deep.equal(before);
    await bringBack();
  });

  it('leaves nothing that a look into the store takes for lost or a clean-up for its own', async () => {
    await post(`/backup-policies/${policy}/clean-ups`);
    const [looked] = await until(
      async () => (await get(`/clients/${test.acme.client}/reconciliations`)).items,
      ([{ standing }]) => !['queued', 'running', 'never'].includes(standing),
    );
    expect(looked.standing, JSON.stringify(looked)).to.equal('agrees');
    expect(looked.found).to.include({ lost: 0, adopted: 0 });
    const [point] = await points();
    const { id } = await post('/restore-tests', { recoveryPoint: point.id, level: 'L3' });
    expect(await until(() => get(`/restore-tests/${id}`), ENDED)).to.include({ state: 'passed' });
  });
});
