import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';

describe('a backup policy copied into another store', function () {
  this.timeout(120_000);
  let test: TestService;
  let near: { id: string };
  let far: { id: string };
  let asset: string;
  let first: string;
  let second: string;

  const api = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const post = async (path: string, body?: object) => {
    const { status, body: answer } = await api('POST', path, body);
    expect(status, JSON.stringify(answer)).to.be.within(200, 202);
    return answer;
  };
  const addStore = (name: string, client = test.acme.client) =>
    post(`/clients/${client}/stores`, { name, address: `file://${test.dataDir}/stores/${name}` });
  const get = async (path: string) => (await api('GET', path)).body;
  const ended = (run: string) =>
    until(
      () => get(`/backup-runs/${run}`),
      ({ state }) => state === 'done',
    );
  const backUp = async (policy: string) => ended((await post(`/backup-policies/${policy}/runs`)).id);
  const pointsIn = async (store: string): Promise<{ id: string; expiry: { state: string } | null }[]> => {
    const { items } = await get(`/clients/${test.acme.client}/recovery-points`);
    return items.filter((one: { store: { id: string } }) => one.store.id === store);
  };

  before(async () => {
    test = await startTestService({ worker: true });
    await mkdir(`${test.dataDir}/source`);
    await writeFile(`${test.dataDir}/source/facture.txt`, 'Facture 1');
    [near, far] = [await addStore('armoire'), await addStore('coffre')];
    asset = (await post(`/clients/${test.acme.client}/assets`, { name: 'Factures', kind: 'data-set' })).id;
    const policy = { asset, store: near.id, source: `${test.dataDir}/source` };
    first = (await post('/backup-policies', policy)).id;
    await backUp(first);
  });
  after(() => test[Symbol.asyncDispose]());

  it('refuses the store that it writes into already, a store of others and a lock that nobody saw hold', async () => {
    const copy = (given: object) => api('POST', `/backup-policies/${first}/copy`, given);
    const same = await copy({ store: near.id });
    expect(same.status).to.equal(409);
    expect(same.body).to.include({ key: 'backup-policy.same-store' });
    const foreign = await addStore('ailleurs', test.acme.otherClient);
    expect((await copy({ store: foreign.id })).status).to.equal(404);
    expect((await copy({ store: far.id, lockDays: 10 })).body).to.include({
      key: 'backup-policy.locks-not-seen',
    });
  });

  it('backs the same source up into both, where one asks on a page and types no password again', async () => {
    const technician = await visit(test, test.acme.emails.technician);
    const sent = await technician.send(`/backup-policies/${first}/copy`, [['store', far.id]]);
    expect(sent.status).to.equal(303);
    const { items } = await get(`/clients/${test.acme.client}/backup-policies`);
    second = items.find((one: { store: { id: string } }) => one.store.id === far.id).id;
    expect(await get(`/backup-policies/${first}`)).to.include({ isEnabled: true });

    // Asked for at once, they go one after the other: each puts its own sentinel into the source.
    await post(`/clients/${test.acme.client}/sentinels`, { asset });
    const runs = await Promise.all([first, second].map((one) => post(`/backup-policies/${one}/runs`)));
    for (const run of runs) await ended(run.id);
    for (const store of [near.id, far.id]) {
      const [newest] = await pointsIn(store);
      const proof = await post('/restore-tests', { recoveryPoint: newest!.id, level: 'L3' });
      const done = await until(
        () => get(`/restore-tests/${proof.id}`),
        ({ finishedAt }) => finishedAt !== null,
      );
      expect(done.state, JSON.stringify(done.finding)).to.equal('passed');
    }
  });

  it('keeps the points of a store that it was moved from under the rules of the first, until they go by them', async () => {
    const third = await addStore('dehors');
    await post(`/backup-policies/${first}/copy`, { store: third.id, isMove: true });
    expect(await get(`/backup-policies/${first}`)).to.include({ isEnabled: false });
    expect(await pointsIn(near.id)).to.have.length(2);
    const [, oldest] = await pointsIn(near.id);
    const technician = await visit(test, test.acme.emails.technician);
    const asked = await technician.send(`/recovery-points/${oldest!.id}/removal`, { reason: 'Déménagé' });
    const request = asked.headers.get('location')!;
    expect(request).to.match(/^.removal-requests/);
    const owner = await visit(test, test.acme.emails.owner);
    const version = versionIn(await owner.read(request));
    const granted = await owner.send(`${request}/granting`, { version });
    expect(granted.status).to.equal(303);
    const left = await until(
      () => pointsIn(near.id),
      (points) => points.some(({ expiry }) => expiry?.state === 'expired'),
    );
    expect(left.map(({ expiry }) => expiry?.state ?? 'there')).to.deep.equal(['there', 'expired']);
  });
});
