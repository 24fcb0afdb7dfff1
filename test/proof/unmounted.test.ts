import { mkdir, readdir, rename, rmdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ state }: { state: string }) => !['queued', 'running'].includes(state);

describe('a disk that is not mounted', function () {
  this.timeout(120_000);
  let test: TestService;
  before(async () => {
    test = await startTestService({ worker: true });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const get = (path: string) => api('GET', path);
  const post = (path: string, body?: object) => api('POST', path, body);
  const backUp = async (policy: string) => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    return until(() => get(`/backup-runs/${id}`), ENDED) as Promise<Ended>;
  };
  const prove = async (recoveryPoint: string) => {
    const { id } = await post('/restore-tests', { recoveryPoint, level: 'L3' });
    return until(() => get(`/restore-tests/${id}`), ENDED) as Promise<Ended>;
  };
  const look = async (policy: string) => {
    await post(`/backup-policies/${policy}/clean-ups`);
    return until(
      async () => {
        const { items } = await get(`/clients/${test.acme.client}/reconciliations`);
        return items.find((one: { policy: string }) => one.policy === policy);
      },
      ({ standing }) => !['queued', 'running', 'never'].includes(standing),
    );
  };

  for (const [where, below, code] of [
    ['itself', '', 'store.empty'],
    ['in a folder of its own', '/acme', 'store.folder-missing'],
  ] as const)
    it(`and holds the store ${where} is out of reach: nothing is written beside it, called lost, or bad`, async () => {
      const mount = `${test.dataDir}/stores/mount-${code}`;
      const source = `${test.dataDir}/source-${code}`;
      for (const folder of [mount, source]) await mkdir(folder);
      await writeFile(`${source}/file`, 'content');
      const { client } = test.acme;
      const store = await post(`/clients/${client}/stores`, {
        name: code,
        address: `file://${mount}${below}`,
      });
      const asset = await post(`/clients/${client}/assets`, { name: code, kind: 'data-set' });
      const { id: policy } = await post('/backup-policies', { asset: asset.id, store: store.id, source });
      expect(await backUp(policy)).to.include({ state: 'done' });
      const [point] = (await get(`/clients/${client}/recovery-points`)).items;

      await rename(mount, `${mount}-disk`);
      await mkdir(mount);
      const failed = await backUp(policy);
      expect(failed).to.include({ state: 'failed' });
      expect(failed.finding?.code).to.equal(code);
      expect(await readdir(mount), 'nothing is left where the disk will be mounted').to.deep.equal([]);
      const tested = await prove(point.id);
      expect(tested).to.include({ state: 'inconclusive' });
      expect(tested.finding?.code).to.equal(code);
      expect(await look(policy)).to.include({ standing: 'failed' });
      expect((await get(`/recovery-points/${point.id}`)).loss).to.equal(null);

      await rmdir(mount);
      await rename(`${mount}-disk`, mount);
      expect(await prove(point.id)).to.include({ state: 'passed' });
      expect(await backUp(policy)).to.include({ state: 'done' });
      expect(await look(policy)).to.include({ standing: 'agrees' });
    });

  it('and holds the source is backed up as nothing by no run, and pushes no point out', async () => {
    const source = `${test.dataDir}/share`;
    await mkdir(source);
    await writeFile(`${source}/file`, 'content');
    const { client } = test.acme;
    const address = `file://${test.dataDir}/stores/of-share`;
    const store = await post(`/clients/${client}/stores`, { name: 'Coffre', address });
    const asset = await post(`/clients/${client}/assets`, { name: 'Partage', kind: 'data-set' });
    const { id: policy } = await post('/backup-policies', { asset: asset.id, store: store.id, source });
    await post(`/clients/${client}/sentinels`, { asset: asset.id });
    expect(await backUp(policy)).to.include({ state: 'done' });

    await rename(source, `${source}-disk`);
    await mkdir(source);
    const failed = await backUp(policy);
    expect(failed).to.include({ state: 'failed' });
    expect(failed.finding?.code).to.equal('source.empty');
    expect(await readdir(source), 'our own sentinel is not taken for content').to.deep.equal([
      'reprise-sentinel.txt',
    ]);
    await writeFile(`${source}/.keep`, '');
    expect(await backUp(policy), 'meant to be empty').to.include({ state: 'done' });
  });
});

interface Ended {
  state: string;
  finding: { code: string } | null;
}
