import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ state }: { state: string }) => !['queued', 'running'].includes(state);
const OURS = /^\.reprise-canary-\d{4}-\d{2}-\d{2}\.txt$/;

describe('a canary that the service puts there itself', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  before(async () => {
    test = await startTestService({ worker: true });
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await api('POST', inClient('/stores'), { name: 'Coffre', address })).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const inClient = (rest: string) => `/clients/${test.acme.client}${rest}`;
  const api = async (method: string, address: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${address}`, body);
    expect(answer.status, `${address}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const protect = async (name: string) => {
    const folder = path.join(test.dataDir, name);
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'letter.txt'), 'content');
    const asset = await api('POST', inClient('/assets'), { name, kind: 'data-set' });
    const policy = await api('POST', '/backup-policies', { asset: asset.id, store, source: folder });
    return { folder, asset: asset.id as string, policy: policy.id as string };
  };
  const backUp = async (policy: string) => {
    const { id } = await api('POST', `/backup-policies/${policy}/runs`);
    expect(await until(() => api('GET', `/backup-runs/${id}`), ENDED)).to.include({ state: 'done' });
    return (await api('GET', inClient('/recovery-points'))).items[0].id as string;
  };
  const looksAfterTest = async (recoveryPoint: string) => {
    const { id } = await api('POST', '/restore-tests', { recoveryPoint, level: 'L3' });
    expect(await until(() => api('GET', `/restore-tests/${id}`), ENDED)).to.include({ state: 'passed' });
    const [look] = (await api('GET', inClient('/content-looks'))).items;
    return [look.state, ...look.reasons.map(({ key }: { key: string }) => key)];
  };

  it('lies hidden in the folder from the next backup on, is known beforehand, and is missed once it is changed or gone', async () => {
    const { folder, asset, policy } = await protect('partage');
    const before = await backUp(policy);
    const asked = await api('POST', inClient('/canaries'), { asset, path: '' });
    expect(asked.path).to.match(OURS);
    expect(asked.sha256).to.equal(null);
    const file = path.join(folder, asked.path);
    expect(existsSync(file), 'nothing is written before the next backup').to.equal(false);

    const planted = await backUp(policy);
    const known = await api('GET', `/canaries/${asked.id}`);
    expect(known.sha256).to.equal(createHash('sha256').update(readFileSync(file)).digest('hex'));
    expect(await looksAfterTest(planted)).to.deep.equal(['nothing-strange']);
    expect(await looksAfterTest(before), 'what is older need not hold it').to.deep.equal(['nothing-strange']);

    writeFileSync(file, 'encrypted');
    expect(await looksAfterTest(await backUp(policy))).to.deep.equal(['suspect', 'content.canary-changed']);
    rmSync(file);
    expect(await looksAfterTest(await backUp(policy))).to.deep.equal(['suspect', 'content.canary-gone']);
    expect(readdirSync(folder), 'it is put there once').to.deep.equal(['letter.txt']);
  });

  it('is put over nothing, which is told, and the backup goes on', async () => {
    const { folder, asset, policy } = await protect('occupe');
    const asked = await api('POST', inClient('/canaries'), { asset });
    writeFileSync(path.join(folder, asked.path), 'of somebody else');
    await backUp(policy);
    expect(readFileSync(path.join(folder, asked.path), 'utf8')).to.equal('of somebody else');
    expect(await api('GET', `/canaries/${asked.id}`)).to.include({ sha256: null });
    await using session = await openSession(test.superuserUrl);
    const trail = await session.query(`select content from audit_events where action = 'canary.not-planted'`);
    expect(trail).to.have.length(1);
    expect(JSON.stringify(trail)).to.include('source.canary-refused');
  });

  it('is asked for by those who may, and refused where there is no folder to put it into', async () => {
    const { id: asset } = await api('POST', inClient('/assets'), { name: 'Sans dossier', kind: 'data-set' });
    const ask = (token: string) => test.api(token, 'POST', `/api/v1${inClient('/canaries')}`, { asset });
    const refused = await ask(test.acme.tokens.owner);
    expect(refused.status).to.equal(409);
    expect(refused.body.detail).to.include('has no folder that this service backs up itself');
    expect((await ask(test.acme.tokens['client-reader'])).status).to.equal(403);
    expect((await ask(test.other.tokens.owner)).status).to.equal(404);
  });
});
