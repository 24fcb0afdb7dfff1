import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const HOUR = 3_600_000;

describe('a backup policy', () => {
  let test: TestService;
  let policy: string;
  let store: string;
  let asset: string;
  before(async () => {
    test = await startTestService();
    const { client } = test.acme;
    store = (
      await post(`/clients/${client}/stores`, { name: 'Coffre', address: `file://${test.dataDir}/stores/a` })
    ).id;
    asset = (await post(`/clients/${client}/assets`, { name: 'Comptabilité', kind: 'data-set' })).id;
    policy = (await post('/backup-policies', { asset, store, source: test.dataDir })).id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (
    method: string,
    path: string,
    body?: object,
    headers?: Record<string, string>,
    token = test.acme.tokens.owner,
  ) => test.api(token, method, `/api/v1${path}`, body, headers);
  const post = async (path: string, body: object) => (await api('POST', path, body)).body;
  const tickAt = (at: Date) =>
    queueDueWork((run) => test.service.inProvider(test.acme.id, (work) => run({ ...work, now: at })));
  const asOwner = async (sql: string) => {
    await using session = await openSession(test.superuserUrl);
    return await session.query(sql);
  };

  it('is changed in the JSON interface by one of two people at once, and keeps its source and password', async () => {
    const { headers, body: before } = await api('GET', `/backup-policies/${policy}`);
    const match = { 'if-match': headers.get('etag')! };
    const change = { rhythm: 'weekly', at: ['22:30'], weekdays: [1, 5], startWindowSeconds: 7200 };
    const { status, body } = await api('PUT', `/backup-policies/${policy}`, change, match);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body.schedule.cadence).to.deep.equal({
      kind: 'weekly',
      at: ['22:30'],
      days: [1, 5],
      spreadSeconds: 0,
    });
    expect(body.intervalSeconds).to.equal(4 * 86_400);
    expect(body.source).to.equal(before.source);
    expect((await api('PUT', `/backup-policies/${policy}`, change, match)).status).to.equal(409);
    const [row] = await asOwner(
      `select length(sealed_source) as length from backup_policies where id = '${policy}'`,
    );
    expect(Number(row!.length)).to.be.greaterThan(20);
  });

  it('is changed on a page, which shows the next five due times in the client’s zone and what the plan bears', async () => {
    const technician = await visit(test, test.acme.emails.technician);
    const page = await technician.read(`/backup-policies/${policy}/edit`);
    expect(page).to.include('22:30');
    const { body } = await api('GET', `/backup-policies/${policy}`);
    const fields: [string, string][] = [
      ['source', ''],
      ['rhythm', 'daily'],
      ['at', '21:00\n12:15'],
      ['catchUp', 'skip'],
      ['startWindowSeconds', '2 h'],
      ['version', /name="version" value="([^"]+)"/.exec(page)?.[1]?.replaceAll('&quot;', '"') ?? ''],
    ];
    const sent = await technician.send(`/backup-policies/${policy}`, fields);
    expect(sent.status).to.equal(303);
    const shown = await technician.read(`/backup-policies/${policy}`);
    expect(shown.match(/12:15|21:00/g)?.length).to.be.at.least(5);
    expect(shown).to.include('Aucune activité n’a fixé de PDMA').and.include('Europe/Paris');
    expect((await api('GET', `/backup-policies/${policy}`)).body.schedule).to.deep.include({
      catchUp: 'skip',
    });
    expect(body.id).to.equal(policy);
  });

  it('refuses what no rhythm can go by, beside its field', async () => {
    const put = (given: object) => api('PUT', `/backup-policies/${policy}`, given);
    expect((await put({ rhythm: 'objective' })).body).to.include({ key: 'schedule.rpo' });
    expect((await put({ rhythm: 'monthly', at: ['03:00'], monthDays: [0] })).status).to.equal(422);
    expect((await put({ rhythm: 'daily', at: ['03:00'], lockDays: 10 })).body).to.include({
      key: 'backup-policy.locks-not-seen',
    });
    const reader = test.acme.tokens['client-reader'];
    expect(
      (await api('PUT', `/backup-policies/${policy}`, { rhythm: 'daily', at: ['03:00'] }, {}, reader)).status,
    ).to.equal(403);
  });

  it('by the RPO is due when its data would grow too old, and sooner again after a failure', async () => {
    const { body } = await api('PUT', `/backup-policies/${policy}`, {
      rhythm: 'objective',
      rpoSeconds: 4 * 3600,
    });
    // An hour is what a first run is thought to take: it begins so early that it still ends in time.
    expect(body.intervalSeconds).to.equal(3 * 3600);
    const now = new Date();
    const technician = await visit(test, test.acme.emails.technician);
    const why = async () => technician.read(`/backup-policies/${policy}`);
    expect(await why()).to.include('aucune sauvegarde ne contient encore ces données');
    expect(await tickAt(now), 'without any data it is due at once').to.equal(1);
    expect(await why()).to.include('Une sauvegarde est en cours');
    const [run] = await asOwner(`select id, client_id from backup_runs where state = 'queued'`);
    await asOwner(
      `update backup_runs set state = 'done', started_at = now() - interval '20 minutes', finished_at = now() - interval '0 minutes' where id = '${run!.id}'`,
    );
    await asOwner(`insert into recovery_points (provider_id, client_id, asset_id, store_id, point, data_time, started_at, ended_at, files, bytes, stored_bytes, packs, torn, vanished, unreadable, skipped, reservations, head_sha256, manifest_sha256, created_at)
      values ('${test.acme.id}', '${test.acme.client}', '${asset}', '${store}', 'p1', '${now.toISOString()}', now(), now(), 1, 1, 1, 1, 0, 0, 0, 0, '[]', '${'a'.repeat(64)}', '${'b'.repeat(64)}', now())`);
    await tickAt(new Date(now.getTime() + 2 * 60_000));
    const [planned] = await asOwner(`select due_at from occurrences where state = 'planned'`);
    expect((await why()).replace(/[\u00a0\u202f]/g, ' ')).to.match(
      /environ 23 min.*avant qu’elles n’aient 4 h/,
    );
    // Four hours, less the twenty minutes that it took, a tenth of them to spare, and a minute for the clock and the queue.
    const due = new Date(String(planned!.due_at)).getTime() - now.getTime();
    expect(Math.round(due / 60_000)).to.be.within(216, 218);
    expect(await tickAt(new Date(now.getTime() + 3.5 * HOUR))).to.equal(0);
    expect(await tickAt(new Date(now.getTime() + 3.7 * HOUR))).to.equal(1);
    const failedAt = new Date(now.getTime() + 3.8 * HOUR);
    await asOwner(
      `update backup_runs set state = 'failed', finding = 'x', finding_code = 'x', finding_params = '{}', started_at = '${failedAt.toISOString()}', finished_at = '${failedAt.toISOString()}', asked_at = '${failedAt.toISOString()}' where state = 'queued'`,
    );
    expect(await tickAt(new Date(failedAt.getTime() + 10 * 60_000)), 'a pause after a failure').to.equal(0);
    await tickAt(new Date(failedAt.getTime() + 14 * 60_000));
    expect(await tickAt(new Date(failedAt.getTime() + 17 * 60_000))).to.equal(1);
  });
});
