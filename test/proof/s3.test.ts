import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openStore } from '#/jobs/stores/open.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('the main job on a real S3 server', function () {
  this.timeout(120_000);
  let s3: S3Server;
  let test: TestService;
  let asset: string;
  before(async function () {
    s3 = await sharedS3Server(this);
    await s3.createBucket('main-job');
    test = await startTestService({ worker: true });
    await mkdir(`${test.dataDir}/source`);
    await writeFile(`${test.dataDir}/source/été.txt`, 'contenu');
  });
  after(() => test?.[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 202);
    return answer.body.id as string;
  };
  const backUpInto = async (name: string, secretAccessKey: string, prefix: string) => {
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name,
      address: `s3://main-job/${prefix}?endpoint=${s3.endpoint}&region=${s3.region}`,
      accessKeyId: s3.accessKeyId,
      secretAccessKey,
    });
    asset = await made(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await made('/backup-policies', { asset, store, source: `${test.dataDir}/source` });
    const run = await made(`/backup-policies/${policy}/runs`);
    return (await until(() => api('GET', `/backup-runs/${run}`), ENDED)).body;
  };

  it('backs up into a bucket and restores from it', async () => {
    expect(await backUpInto('Seau', s3.secretAccessKey, 'acme')).to.include({ state: 'done', finding: null });
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const proof = await made('/restore-tests', { recoveryPoint: body.items[0].id });
    const ended = (await until(() => api('GET', `/restore-tests/${proof}`), ENDED)).body;
    expect(ended, JSON.stringify(ended)).to.include({ state: 'passed', reached: 'L3' });
    expect(ended.plantedFaults).to.equal(ended.caught);
  });

  it('does not go where a cloud tells a machine its secrets, nor to a host that nobody named', async () => {
    for (const host of ['169.254.169.254', '[::1]:9000', '10.1.2.3']) {
      const store = await made(`/clients/${test.acme.client}/stores`, {
        name: `Ailleurs ${host}`,
        address: `s3://main-job/acme?endpoint=http://${host}`,
        accessKeyId: s3.accessKeyId,
        secretAccessKey: s3.secretAccessKey,
      });
      const elsewhere = await made(`/clients/${test.acme.client}/assets`, { name: host, kind: 'data-set' });
      const source = `${test.dataDir}/source`;
      const policy = await made('/backup-policies', { asset: elsewhere, store, source });
      const run = await made(`/backup-policies/${policy}/runs`);
      const ended = (await until(() => api('GET', `/backup-runs/${run}`), ENDED)).body;
      expect(ended.state).to.equal('failed');
      expect(ended.finding, JSON.stringify(ended.finding)).to.include({ code: 'store.host-not-allowed' });
    }
  });

  it('locks what a policy says, once a probe has seen that locks hold', async () => {
    await s3.createBucket('locked-job', { objectLock: true });
    const address = `s3://locked-job/acme?endpoint=${s3.endpoint}&region=${s3.region}`;
    const { accessKeyId, secretAccessKey } = s3;
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Verrouillé',
      address,
      accessKeyId,
      secretAccessKey,
    });
    const locked = await made(`/clients/${test.acme.client}/assets`, { name: 'Verrou', kind: 'data-set' });
    const policy = { asset: locked, store, source: `${test.dataDir}/source`, lockDays: 2, isGentle: true };
    const refused = await api('POST', '/backup-policies', policy);
    expect(refused.status).to.equal(422);
    expect(JSON.stringify(refused.body)).to.contain('did not show that locks of this kind hold');

    await api('POST', `/stores/${store}/probes`);
    const isProbed = ({ body }: { body: { probe: { probedAt: string | null } } }) =>
      body.probe.probedAt !== null;
    await until(() => api('GET', `/stores/${store}`), isProbed);
    // Our own keys lift governance on this server, and the probe has seen it.
    const lifted = await api('POST', '/backup-policies', { ...policy, lockMode: 'governance' });
    expect(lifted.status).to.equal(422);
    const added = await api('POST', '/backup-policies', { ...policy, lockMode: 'compliance' });
    expect(added.body, JSON.stringify(added.body)).to.deep.include({
      lock: { mode: 'compliance', days: 2 },
      isGentle: true,
    });
    const run = await made(`/backup-policies/${added.body.id}/runs`);
    const ended = (await until(() => api('GET', `/backup-runs/${run}`), ENDED)).body;
    expect(ended).to.include({ state: 'done' });
    const bucket = await openStore(address, { credentials: { accessKeyId, secretAccessKey } });
    const packs = await Array.fromAsync(bucket.list(`${added.body.asset.label}/packs/`));
    const retention = await bucket.locks!.retention(packs[0]!.key);
    await bucket.close();
    expect(retention?.mode).to.equal('compliance');
    expect(retention!.until.getTime() - Date.parse(ended.startedAt)).to.be.within(
      1.99 * 86_400_000,
      2.01 * 86_400_000,
    );
  });

  it('says that credentials are wrong, without telling them', async () => {
    const run = await backUpInto('Mauvaise clé', 'not-the-secret-at-all', 'acme');
    expect(run.state).to.equal('failed');
    expect(run.finding.message)
      .to.match(/credentials|refuse|denied|key/i)
      .and.not.include('not-the-secret');
  });

  it('calls a test inconclusive while the server is down, and passes again when it is back', async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const recoveryPoint = body.items[0].id;
    await s3.killGateway();
    const down = await made('/restore-tests', { recoveryPoint });
    const ended = (await until(() => api('GET', `/restore-tests/${down}`), ENDED)).body;
    await s3.startGateway();
    expect(ended.state).to.equal('inconclusive');
    const again = await made('/restore-tests', { recoveryPoint });
    expect((await until(() => api('GET', `/restore-tests/${again}`), ENDED)).body.state).to.equal('passed');
  });
});
