import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { findBackupPolicy } from '#/plans/backup-policies.ts';
import { keepRetention } from '#/plans/retention/retentions.ts';
import { RetentionRules } from '#/plans/retention/rules.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ state }: { state: string }) => !['queued', 'running'].includes(state);

describe('known failures of backup tools, in the service', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  before(async () => {
    test = await startTestService({ worker: true });
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await post(`/clients/${test.acme.client}/stores`, { name: 'Coffre', address })).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const get = (path: string) => api('GET', path);
  const post = (path: string, body?: object) => api('POST', path, body);
  const folderOf = (name: string) => `${test.dataDir}/${name}`;
  const protect = async (name: string) => {
    await mkdir(folderOf(name));
    await writeFile(`${folderOf(name)}/file`, `content of ${name} `.repeat(100_000));
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source: folderOf(name) });
    return { policy: policy.id as string, label: asset.label as string };
  };
  const backUp = async (policy: string) => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    const run = await until(() => get(`/backup-runs/${id}`), ENDED);
    expect(run).to.include({ state: 'done' });
    const { items } = await get(`/clients/${test.acme.client}/recovery-points`);
    return items[0];
  };
  const prove = async (recoveryPoint: string) => {
    const { id } = await post('/restore-tests', { recoveryPoint, level: 'L3' });
    return until(() => get(`/restore-tests/${id}`), ENDED);
  };
  const packsOf = (label: string) => `${test.dataDir}/stores/acme/${label}/packs`;

  it('two backups of one machine that are asked for in the same moment are both made', async () => {
    const policies = await Promise.all(['disque', 'systeme'].map(protect));
    const asked = await Promise.all(policies.map(({ policy }) => post(`/backup-policies/${policy}/runs`)));
    for (const { id } of asked)
      expect(await until(() => get(`/backup-runs/${id}`), ENDED)).to.include({
        state: 'done',
        finding: null,
      });
  });

  it('damage in what an earlier point stored is not handed on to the points after the test that found it', async () => {
    const { policy, label } = await protect('transmis');
    const damaged = await backUp(policy);
    const [pack] = await readdir(packsOf(label));
    const bytes = await readFile(`${packsOf(label)}/${pack}`);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(`${packsOf(label)}/${pack}`, bytes);
    const failed = await prove(damaged.id);
    expect(failed).to.deep.include({ state: 'failed' });
    expect(failed, 'a failure has a reason').to.have.nested.property('finding.code', 'pack.damaged');
    expect(await prove((await backUp(policy)).id), 'everything is stored anew').to.include({
      state: 'passed',
    });
  });

  it('a point that was restored and tested goes all the same, frees its bytes, and leaves what was proved', async () => {
    const { policy } = await protect('expire');
    const first = await backUp(policy);
    expect(await prove(first.id)).to.include({ state: 'passed' });
    await writeFile(`${folderOf('expire')}/file`, 'something else '.repeat(100_000));
    const second = await backUp(policy);
    expect(await prove(second.id)).to.include({ state: 'passed' });
    await keepOnly(policy, { last: 1 });
    await post(`/backup-policies/${policy}/expiries`);
    const { last } = await until(
      () => get(`/backup-policies/${policy}/expiry`),
      ({ standing }) => standing === 'done' || standing === 'failed',
    );
    expect(last).to.include({ removed: 1, kept: 0, blocked: null });
    expect(last.bytes).to.be.greaterThan(0);
    const tests = (await get(`/clients/${test.acme.client}/restore-tests`)).items;
    const history = tests.filter(
      ({ recoveryPoint }: { recoveryPoint: { id: string } }) => recoveryPoint.id === first.id,
    );
    expect(history).to.have.length(1);
    expect(await prove(second.id)).to.include({ state: 'passed' });
  });

  it('readiness is told in no figure out of a hundred', async () => {
    const { body } = await test.api(test.acme.tokens.owner, 'GET', '/api/openapi.json');
    const names = new Set<string>();
    const look = (one: unknown) => {
      if (typeof one !== 'object' || one === null) return;
      for (const [name, value] of Object.entries(one)) {
        if (name === 'properties') for (const property of Object.keys(value as object)) names.add(property);
        look(value);
      }
    };
    look(body);
    expect(names.size, 'the interface was read').to.be.greaterThan(300);
    expect([...names].filter((name) => /score|grade/i.test(name))).to.deep.equal([]);
  });

  /** As two people would have agreed. */
  const keepOnly = (id: string, rules: object) =>
    test.service.inProvider(test.acme.id, async (work) =>
      keepRetention(
        work,
        await findBackupPolicy(work, id),
        { rules: RetentionRules.parse(rules), needsSecondPerson: true, damageNoticedDays: null },
        { setBy: 'Alice', grantedBy: 'Bob' },
      ),
    );
});
