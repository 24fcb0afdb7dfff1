import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { endRunsOutOfTime, heedBlackouts, waitForBlackout } from '#/plans/blackout-runs.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('a blackout', () => {
  let test: TestService;
  let policy: string;
  let asset: string;
  let activity: string;
  before(async () => {
    test = await startTestService();
    const { client } = test.acme;
    const store = (
      await post(`/clients/${client}/stores`, { name: 'Coffre', address: `file://${test.dataDir}/stores/a` })
    ).id;
    asset = (await post(`/clients/${client}/assets`, { name: 'Caisse', kind: 'data-set' })).id;
    policy = (await post('/backup-policies', { asset, store, source: test.dataDir })).id;
    activity = (await post(`/clients/${client}/activities`, { name: 'Vendre', rpoSeconds: 14_400 })).id;
    await post(`/clients/${client}/dependencies`, {
      from: { kind: 'activity', id: activity },
      to: asset,
      kind: 'data',
    });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const post = async (path: string, body: object) => (await api('POST', path, body)).body;
  const add = (given: object) => api('POST', `/clients/${test.acme.client}/blackouts`, given);
  const asOwner = async (sql: string) => {
    await using session = await openSession(test.superuserUrl);
    return await session.query(sql);
  };
  const at = <T>(moment: string, run: Parameters<typeof test.service.inProvider<T>>[1]) =>
    test.service.inProvider(test.acme.id, (work) => run({ ...work, now: new Date(moment) }));
  const tickAt = (moment: string) => queueDueWork((run) => at(moment, run));

  it('that would make an RPO impossible is refused, with both figures', async () => {
    const { status, body } = await add({
      name: 'Soldes',
      from: '2027-01-13T08:00',
      until: '2027-01-13T12:00',
      running: 'finish',
    });
    expect(status).to.equal(409);
    expect(body.key).to.equal('blackout.rpo-impossible');
    expect(body.detail).to.match(/^With this blackout Caisse .*RPO of 4\sh: “Soldes” lasts 4\sh/);
    expect(
      (await add({ name: 'Soldes', from: '2027-01-13T08:00', until: '2027-01-13T10:00', running: 'finish' }))
        .status,
    ).to.equal(201);
  });

  it('has a time in the week or once, and ends after it begins', async () => {
    const key = async (given: object) => (await add({ name: 'X', running: 'finish', ...given })).body.key;
    expect(await key({})).to.equal('blackout.never');
    expect(await key({ hours: [{ day: 1, from: '08:00', to: '09:00' }], from: '2027-01-01T00:00' })).to.equal(
      'blackout.both',
    );
    expect(await key({ from: '2027-02-02T10:00', until: '2027-02-02T09:00' })).to.equal('schedule.backwards');
    expect(await key({ from: '2027-02-30T10:00', until: '2027-03-02T09:00' })).to.equal(
      'schedule.local-time',
    );
    expect(await key({ hours: 'always' })).to.equal('schedule.always-black');
    expect(await key({ name: 'Soldes', hours: [{ day: 1, from: '08:00', to: '09:00' }] })).to.equal(
      'blackout.name-taken',
    );
  });

  it('puts off what is due in it until it ends', async () => {
    const { body: one } = await api('GET', `/backup-policies/${policy}`);
    await api('PUT', `/backup-policies/${policy}`, {
      store: one.store.id,
      rhythm: 'daily',
      at: ['09:00'],
      startWindowSeconds: 60,
    });
    await asOwner(`update schedules set planned_until = '2027-01-12T23:00Z', plan_at = '2027-01-12T23:00Z'`);
    expect(await tickAt('2027-01-13T08:00:30Z'), 'nine o’clock in Paris').to.equal(0);
    expect(await tickAt('2027-01-13T08:59:00Z')).to.equal(0);
    expect(await tickAt('2027-01-13T09:00:10Z')).to.equal(1);
    const [row] = await asOwner(
      `select state::text, cause from occurrences where state <> 'planned' order by due_at desc limit 1`,
    );
    expect(row).to.deep.equal({ state: 'begun', cause: 'caught-up' });
  });

  it('calls off what is under way, or stops it until it ends, as it says', async () => {
    const run = async () =>
      (
        await asOwner(
          `select state::text, retry_at is not null as waits, cancel_reason from backup_runs order by asked_at desc limit 1`,
        )
      )[0];
    await asOwner(`update backup_runs set state = 'running', started_at = '2027-01-14T06:00Z'`);
    await asOwner(
      `update blackouts set during = '{"from":"2027-01-14T08:00","until":"2027-01-14T10:00"}', running = 'pause'`,
    );
    await at('2027-01-14T06:59:00Z', heedBlackouts);
    expect(await run()).to.deep.include({ state: 'running' });
    await at('2027-01-14T07:00:01Z', heedBlackouts);
    expect(await run()).to.deep.equal({ state: 'queued', waits: true, cancel_reason: null });
    await asOwner(`update backup_runs set state = 'running'`);
    await asOwner(`update blackouts set running = 'abort'`);
    await at('2027-01-14T07:01:00Z', heedBlackouts);
    expect(await run()).to.deep.include({ state: 'cancelled', cancel_reason: 'Soldes' });
  });

  it('keeps a run that is due from beginning where it waited in the queue meanwhile, with as much time left, and none that a person asks for', async () => {
    await asOwner(`update blackouts set running = 'finish'`);
    const set = (cause: string) =>
      asOwner(`update backup_runs set state = 'queued', cause = '${cause}', retry_at = null, started_at = null, finished_at = null,
        cancelled_by = null, cancel_reason = null, end_by = '2027-01-14T09:30Z'`);
    const [{ id }] = (await asOwner('select id from backup_runs')) as [{ id: string }];
    const waits = (now: string) => at(now, (work) => waitForBlackout(work, id));
    await set('asked');
    expect(await waits('2027-01-14T08:00:00Z')).to.equal(false);
    await set('due');
    expect(await waits('2027-01-14T06:59:00Z')).to.equal(false);
    expect(await waits('2027-01-14T08:00:00Z')).to.equal(true);
    const [run] = await asOwner('select state::text, retry_at, end_by from backup_runs');
    expect(run!.state).to.equal('queued');
    expect(
      [run!.retry_at, run!.end_by].map((moment) => new Date(String(moment)).toISOString()),
    ).to.deep.equal(['2027-01-14T09:00:00.000Z', '2027-01-14T10:30:00.000Z']);
    expect(await waits('2027-01-14T09:00:00Z')).to.equal(false);
  });

  it('of several that overlap, has the strictest count; a run that is stopped has as much time left as before', async () => {
    await asOwner(`update backup_runs set state = 'running', finished_at = null, cancelled_by = null, cancel_reason = null,
      started_at = '2027-01-14T06:00Z', end_by = '2027-01-14T09:00Z'`);
    await asOwner(`update blackouts set running = 'finish'`);
    const once = {
      name: 'Ligne occupée',
      from: '2027-01-14T08:30',
      until: '2027-01-14T10:15',
      running: 'pause',
    };
    const { status, body } = await add(once);
    expect(status, JSON.stringify(body)).to.equal(201);
    await at('2027-01-14T08:00:00Z', heedBlackouts);
    await at('2027-01-14T09:30:00Z', endRunsOutOfTime);
    const [run] = await asOwner(`select state::text, retry_at, end_by from backup_runs`);
    expect(run!.state).to.equal('queued');
    expect(
      [run!.retry_at, run!.end_by].map((moment) => new Date(String(moment)).toISOString()),
    ).to.deep.equal(['2027-01-14T09:15:00.000Z', '2027-01-14T10:15:00.000Z']);
    expect((await api('DELETE', `/blackouts/${body.id}`)).status).to.equal(204);
  });

  it('is refused for the objective of a policy too, and not for what another one breaks', async () => {
    const { body: one } = await api('GET', `/backup-policies/${policy}`);
    const change = { store: one.store.id, rhythm: 'objective', rpoSeconds: 3.5 * 3600 };
    const tooShort = await api('PUT', `/backup-policies/${policy}`, { ...change, rpoSeconds: 1.5 * 3600 });
    expect(tooShort.body.key, 'what Soldes makes impossible').to.equal('backup-policy.rpo-impossible');
    expect((await api('PUT', `/backup-policies/${policy}`, change)).status).to.equal(200);
    const once = {
      name: 'Inventaire',
      from: '2027-03-01T08:00',
      until: '2027-03-01T12:00',
      running: 'finish',
    };
    expect((await add(once)).body.key).to.equal('blackout.rpo-impossible');
    await asOwner(`update blackouts set during = '{"from":"2027-02-01T08:00","until":"2027-02-01T14:00"}'`);
    const { status, body } = await add({ ...once, until: '2027-03-01T08:30' });
    expect(status, 'what Soldes breaks').to.equal(201);
    await api('DELETE', `/blackouts/${body.id}`);
  });

  it('plans anew by the zone that a client is given, and loses nothing that is due', async () => {
    await asOwner(`delete from blackouts; update backup_runs set state = 'done', finished_at = now()`);
    await api('PUT', `/backup-policies/${policy}`, { rhythm: 'daily', at: ['12:00'] });
    const hours = async () => {
      await tickAt(new Date().toISOString());
      const rows = await asOwner(
        `select distinct extract(hour from due_at at time zone 'Pacific/Auckland')::int as hour from occurrences where state = 'planned'`,
      );
      return rows.map(({ hour }) => Number(hour));
    };
    expect(await hours())
      .to.have.length(1)
      .and.not.include(12);
    await asOwner(`insert into occurrences (provider_id, client_id, schedule_id, due_at, begin_from, start_by)
      select provider_id, client_id, id, date_trunc('minute', now()), now() + interval '1 hour', now() + interval '1 hour' from schedules`);
    const path = `/clients/${test.acme.client}`;
    const { body: client } = await api('GET', path);
    expect((await api('PUT', path, { ...client, timeZone: 'Pacific/Auckland' })).status).to.equal(200);
    expect(await hours()).to.deep.equal([12]);
    const [begun] = await asOwner(
      `select count(*)::int as count from occurrences where state = 'begun' and due_at between now() - interval '5 minutes' and now()`,
    );
    expect(begun!.count, 'put off by a blackout that is gone').to.equal(1);
    await asOwner(`update backup_runs set state = 'done', finished_at = now() where state = 'queued'`);
  });

  it('has no part in a run that did not end in its completion window: that one failed', async () => {
    const { body } = await api('POST', `/backup-policies/${policy}/runs`);
    await asOwner(`update backup_runs set end_by = '2027-01-15T00:00Z' where id = '${body.id}'`);
    await at('2027-01-14T23:59:00Z', endRunsOutOfTime);
    expect((await api('GET', `/backup-runs/${body.id}`)).body).to.include({ state: 'queued' });
    await at('2027-01-15T00:00:01Z', endRunsOutOfTime);
    const { body: ended } = await api('GET', `/backup-runs/${body.id}`);
    expect({ state: ended.state, code: ended.finding.code }).to.deep.equal({
      state: 'failed',
      code: 'backup-run.not-in-time',
    });
  });
});
