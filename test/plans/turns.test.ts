import { expect } from 'chai';
import { cancelBackup } from '#/plans/backup-run-ends.ts';
import { startBackup } from '#/plans/backup-run-starts.ts';
import { aheadOf, waitForTurn } from '#/plans/turns.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('turns', function () {
  this.timeout(60_000);
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const call = async (method: string, path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const addStore = (name: string, client = test.acme.client) =>
    call('POST', `/clients/${client}/stores`, { name, address: `file://${test.dataDir}/stores/${name}` });
  const askFor = async (count: number, store: string, client = test.acme.client) => {
    const runs = [];
    for (let one = 0; one < count; one++) {
      const asset = await call('POST', `/clients/${client}/assets`, {
        name: `${store} ${one}`,
        kind: 'data-set',
      });
      const policy = await call('POST', '/backup-policies', { asset: asset.id, store, source: test.dataDir });
      runs.push((await call('POST', `/backup-policies/${policy.id}/runs`)).id as string);
    }
    return runs;
  };
  const begin = (run: string, worker: string) =>
    test.service.inProvider(test.acme.id, async (work) => {
      if (await waitForTurn(work, 'backup_runs', run)) return null;
      return (await startBackup(work, run, worker)) && run;
    });
  const end = (run: string) =>
    test.service.inProvider(test.acme.id, (work) => cancelBackup(work, run, { reason: null }));
  /** All at once, each by three workers that saw it in the same moment. */
  const storm = async (runs: string[]) => {
    const begun = await Promise.all(
      runs.flatMap((run) => ['a', 'b', 'c'].map((worker) => begin(run, worker))),
    );
    return new Set(begun.filter((run) => run !== null));
  };

  it('let no more begin at a store than may, whatever number of workers try in the same moment', async () => {
    const store = await addStore('etroit');
    await call('PUT', `/stores/${store.id}`, { runsAtOnce: 2 });
    const runs = await askFor(6, store.id);
    const first = await storm(runs);
    expect(first.size).to.equal(2);
    expect((await storm(runs.filter((run) => !first.has(run)))).size).to.equal(0);

    for (const run of first) await end(run);
    const second = await storm(runs.filter((run) => !first.has(run)));
    expect(second.size).to.equal(2);
    for (const run of runs) if (!first.has(run)) await end(run);
  });

  it('let no more begin for a client than may, and keep nobody waiting for a place in another store', async () => {
    const client = test.acme.otherClient;
    const [narrow, wide] = [await addStore('fin', client), await addStore('large', client)];
    await call('PUT', `/stores/${narrow.id}`, { runsAtOnce: 1 });
    const waiting = await askFor(4, narrow.id, client);
    expect((await storm(waiting)).size).to.equal(1);
    const runs = await askFor(5, wide.id, client);
    expect((await storm(runs)).size, 'four at once, one of which at the other store').to.equal(3);
  });

  it('go to drills first, then to people, then to what is due, and in the order in which they were asked for', async () => {
    const store = await addStore('ordre');
    await call('PUT', `/stores/${store.id}`, { runsAtOnce: 1 });
    const [busy, due, asked, later] = await askFor(4, store.id);
    expect(await begin(busy!, 'a')).to.equal(busy);
    await test.service.inProvider(test.acme.id, ({ db }) =>
      db.updateTable('backup_runs').set({ cause: 'due' }).where('id', '=', due!).execute(),
    );
    for (const run of [later, due, asked]) expect(await begin(run!, 'a')).to.equal(null);
    await end(busy!);
    expect(await begin(due!, 'a'), 'a person waits').to.equal(null);
    expect(await begin(later!, 'a'), 'another person waits longer').to.equal(null);
    expect(await begin(asked!, 'a')).to.equal(asked);
    await end(asked!);
    expect(await begin(later!, 'a')).to.equal(later);
  });

  it('let nobody read a source that another backup is reading, whatever the store', async () => {
    const [one, other] = [await addStore('ici'), await addStore('ailleurs')];
    const [first] = await askFor(1, one.id);
    const { policy } = await call('GET', `/backup-runs/${first}`);
    await call('POST', `/backup-policies/${policy}/copy`, { store: other.id });
    const { items } = await call('GET', `/clients/${test.acme.client}/backup-policies`);
    const beside = items.find((item: { store: { id: string } }) => item.store.id === other.id);
    const second = (await call('POST', `/backup-policies/${beside.id}/runs`)).id;
    expect(await begin(first!, 'a')).to.equal(first);
    expect(await begin(second, 'b')).to.equal(null);
    await end(first!);
    expect(await begin(second, 'b')).to.equal(second);
    await end(second);
  });

  it('are told how many come first', () => {
    const places = new Map([
      ['own', { limit: 2, open: 1, ahead: 0 }],
      ['full', { limit: 1, open: 1, ahead: 50 }],
    ]);
    expect(aheadOf(places, 'own', 4)).to.equal(null);
    expect(aheadOf(places, 'own', 2), 'the client has no place').to.equal(0);
    expect(aheadOf(new Map([['own', { limit: 2, open: 1, ahead: 1 }]]), 'own', 4)).to.equal(1);
  });
});
