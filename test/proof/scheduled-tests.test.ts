import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('a scheduled test', function () {
  this.timeout(120_000);
  let test: TestService;
  let policy: string;
  let asset: string;
  let store: string;
  const begun = Date.now();
  before(async () => {
    test = await startTestService({ worker: true });
    const { client } = test.acme;
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await post(`/clients/${client}/stores`, { name: 'Coffre', address })).id;
    asset = (await post(`/clients/${client}/assets`, { name: 'Documents', kind: 'data-set' })).id;
    await mkdir(`${test.dataDir}/source`);
    await writeFile(`${test.dataDir}/source/a.txt`, 'a'.repeat(1000));
    policy = (
      await post('/backup-policies', {
        asset,
        store,
        source: `${test.dataDir}/source`,
        intervalSeconds: 31_622_400,
      })
    ).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const post = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const backUp = async () => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    expect((await until(() => api('GET', `/backup-runs/${id}`), ENDED)).body).to.include({ state: 'done' });
  };
  const tickAt = (days: number) =>
    queueDueWork((run) =>
      test.service.inProvider(test.acme.id, (work) =>
        run({ ...work, now: new Date(begun + days * 86_400_000) }),
      ),
    );
  const tests = async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/restore-tests`);
    for (const { id } of body.items) await until(() => api('GET', `/restore-tests/${id}`), ENDED);
    return (await api('GET', `/clients/${test.acme.client}/restore-tests`)).body.items;
  };
  const schedule = (given: object) =>
    api('POST', `/clients/${test.acme.client}/scheduled-tests`, { policy, ...given });

  it('proves the newest point, and not once more what is proved already', async () => {
    await backUp();
    const { status, body: made } = await schedule({
      level: 'L3',
      rhythm: 'daily',
      at: ['03:00'],
      startWindowSeconds: 86_400,
    });
    expect(status, JSON.stringify(made)).to.equal(201);
    expect(made).to.include({ level: 'L3', rhythm: 'daily' });
    expect(made.nextDueAt).to.be.a('string');

    await tickAt(0);
    await tickAt(1);
    expect(
      (await tests()).map(
        ({ state, requested }: { state: string; requested: string }) => `${requested} ${state}`,
      ),
    ).to.deep.equal(['L3 passed']);
    await tickAt(2);
    expect(await tests()).to.have.length(1);
    await backUp();
    await tickAt(3);
    expect(await tests()).to.have.length(2);

    await using session = await openSession(test.superuserUrl);
    const rows =
      await session.query(`select state::text, cause from occurrences join schedules on schedules.id = schedule_id
      where purpose = 'restore-test' and state <> 'planned' order by due_at`);
    expect(rows.map(({ state, cause }) => `${state} ${cause}`)).to.deep.equal([
      'begun null',
      'skipped nothing-new',
      'begun null',
    ]);
  });

  it('that a person asks for again refreshes nothing', async () => {
    const { body: points } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const oldest = points.items.at(-1).id;
    await using session = await openSession(test.superuserUrl);
    await session.query(
      `update restore_tests set finished_at = finished_at - interval '300 days', asked_at = asked_at - interval '300 days' where recovery_point_id = '${oldest}'`,
    );
    const { id } = await post('/restore-tests', { recoveryPoint: oldest, level: 'L3' });
    await until(() => api('GET', `/restore-tests/${id}`), ENDED);
    const rows =
      await session.query(`select extract(epoch from valid_until - now()) / 86400 as days from evidence
      where code = 'RST' and content::text like '%${id}%'`);
    expect(Number(rows[0]!.days), 'it holds from when it was first shown').to.be.within(60, 70);
  });

  it('tells what it costs, by the price of its store', async () => {
    const { body: one } = await api('GET', `/stores/${store}`);
    await api('PUT', `/stores/${store}`, {
      isOffsite: one.isOffsite,
      site: null,
      account: null,
      needs: [],
      egressPrice: 1000,
    });
    const { body } = await schedule({ level: 'L2b', rhythm: 'interval', everySeconds: 31_557_600 });
    expect(body.expected).to.include({ bytes: 1000, price: 0, currency: 'EUR' });
    expect(body.expected.yearlyPrice).to.equal(0);
    const { body: listed } = await api('GET', `/clients/${test.acme.client}/scheduled-tests`);
    expect(listed.items).to.have.length(2);
  });

  it('is refused without what its rhythm goes by, with a budget for what is whole, or a second time', async () => {
    const key = async (given: object) => (await schedule(given)).body;
    expect(await key({ level: 'L2a', rhythm: 'daily' })).to.include({ key: 'schedule.no-time' });
    expect(await key({ level: 'L2a', rhythm: 'weekly', at: ['03:00'] })).to.include({
      key: 'schedule.no-day',
    });
    expect(await key({ level: 'L2a', rhythm: 'cron', expression: 'soon' })).to.include({
      key: 'schedule.cron',
    });
    expect(await key({ level: 'L2a', rhythm: 'interval' })).to.include({ key: 'schedule.every' });
    expect(await key({ level: 'L3', budgetSeconds: 600, rhythm: 'daily', at: ['03:00'] })).to.include({
      key: 'restore-test.budget-level',
    });
    expect(await key({ level: 'L3', rhythm: 'monthly', at: ['03:00'], monthDays: [1] })).to.include({
      key: 'scheduled-test.second',
    });
    expect((await key({ level: 'L2a', rhythm: 'daily', at: ['25:00'] })).errors[0].field).to.include('at');
  });

  it('is changed by one of two people at once', async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/scheduled-tests`);
    const { id } = body.items.find(({ level }: { level: string }) => level === 'L3');
    const { headers } = await api('GET', `/scheduled-tests/${id}`);
    const match = { 'if-match': headers.get('etag')! };
    const change = { level: 'L3', rhythm: 'weekly', at: ['04:00'], weekdays: [7] };
    expect((await api('PUT', `/scheduled-tests/${id}`, change, match)).body).to.deep.include({
      rhythm: 'weekly',
      weekdays: [7],
    });
    expect((await api('PUT', `/scheduled-tests/${id}`, change, match)).status).to.equal(409);
    expect((await api('DELETE', `/scheduled-tests/${id}`)).status).to.be.within(200, 204);
  });
});
