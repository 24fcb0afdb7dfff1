import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { listAttempts } from '#/plans/attempts.ts';
import { verifyChain } from '#/plans/audit.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { killWhole, spawnWorker, tellWhole } from '../support/workers.ts';

/** In full: ROUNDS=100. */
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const POLICIES = 6;

describe('two workers on one database', function () {
  this.timeout(120_000 + ROUNDS * 30_000);
  let test: TestService;
  let store: string;
  const workers = new Set<ChildProcess>();
  beforeEach(async () => {
    test = await startTestService();
    // A dead worker is noticed after 10 seconds in place of 30: the least that pg-boss allows.
    await using session = await openSession(test.superuserUrl);
    await session.query('update pgboss.queue set heartbeat_seconds = 10');
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await post(`/clients/${test.acme.client}/stores`, { name: 'Coffre', address })).id;
  });
  afterEach(async () => {
    for (const worker of workers) killWhole(worker);
    workers.clear();
    await test[Symbol.asyncDispose]();
  });

  const start = (more: Record<string, string> = {}) => {
    const worker = spawnWorker({
      DATA_DIR: test.dataDir,
      DATABASE_URL: test.serviceUrl,
      LOCAL_SOURCES: test.dataDir,
      LOG_LEVEL: 'silent',
      ...more,
    });
    workers.add(worker);
    return worker;
  };
  const get = async (path: string) => (await test.api(test.acme.tokens.owner, 'GET', `/api/v1${path}`)).body;
  const post = async (path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, 'POST', `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const attemptsOf = (run: string) =>
    test.service.inProvider(test.acme.id, (work) => listAttempts(work, run));
  const protect = async (name: string, megabytes: number) => {
    const folder = `${test.dataDir}/${name}`;
    await mkdir(folder);
    for (let file = 0; file < megabytes; file++) await writeFile(`${folder}/${file}`, randomBytes(1_000_000));
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source: folder });
    return { policy: policy.id as string, label: asset.label as string };
  };
  const headsOf = async (label: string) => {
    const folder = `${test.dataDir}/stores/acme/${label}/snapshots`;
    const points = await readdir(folder).catch(() => []);
    const files = await Promise.all(points.map((point) => readdir(`${folder}/${point}`)));
    return files.filter((names) => names.includes('head.json')).length;
  };

  it(`of which one is killed at random ${ROUNDS} times end each run once, and lose no evidence`, async () => {
    const policies = [];
    for (let one = 0; one < POLICIES; one++) policies.push(await protect(`dossier-${one}`, 25));
    const pair = [start(), start()];
    const asked: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      for (const { policy } of policies) {
        const answer = await test.api(
          test.acme.tokens.owner,
          'POST',
          `/api/v1/backup-policies/${policy}/runs`,
        );
        if (answer.status < 300) asked.push(`/backup-runs/${answer.body.id}`);
        else expect(answer.body.key).to.equal('backup-run.under-way');
      }
      const { items: points } = await get(`/clients/${test.acme.client}/recovery-points`);
      if (points.length > 0) {
        const recoveryPoint = points[Math.floor(Math.random() * points.length)].id;
        const answer = await test.api(test.acme.tokens.owner, 'POST', '/api/v1/restore-tests', {
          recoveryPoint,
        });
        if (answer.status < 300) asked.push(`/restore-tests/${answer.body.id}`);
      }
      await sleep(2000 + Math.random() * 6000);
      const victim = Math.floor(Math.random() * 2);
      killWhole(pair[victim]);
      pair[victim] = start();
    }
    const ended = await until(
      () => Promise.all(asked.map(get)),
      (all) => all.every(({ state }) => state !== 'queued' && state !== 'running'),
      240_000,
    );

    for (const { id, state, finding } of ended) {
      const attempts = await attemptsOf(id);
      // Who is killed each time is given up in the end, and says so.
      if (state === 'failed' || state === 'inconclusive') {
        expect(finding.code, JSON.stringify(attempts)).to.match(/worker-died$/);
        expect(attempts.filter(({ how }) => how === 'lost')).to.have.length(attempts.length);
      } else expect(state).to.be.oneOf(['done', 'passed']);
      expect(attempts.filter(({ how }) => how === 'done').length).to.be.at.most(1);
      expect(attempts.every(({ endedAt }) => endedAt !== null)).to.equal(true);
    }
    const heads = await Promise.all(policies.map(({ label }) => headsOf(label)));
    await using session = await openSession(test.superuserUrl);
    const [told] = await session.query(`
      select (select count(*) from recovery_points)::int as points,
        (select count(*) from evidence where code = 'BRN' and finding = 'supports')::int as backups,
        (select count(*) from evidence where code = 'RST')::int as tests,
        (select count(*) from (select run_id from recovery_points where run_id is not null group by run_id having count(*) > 1) as made)::int as twice,
        (select count(*) from attempts where ended_at is null)::int as open`);
    const points = heads.reduce((all, one) => all + one, 0);
    expect(told, 'each head in the store is a point on record, with its evidence').to.deep.equal({
      points,
      backups: points,
      tests: ended.filter(({ state }) => state === 'passed').length,
      twice: 0,
      open: 0,
    });
    expect(points).to.be.at.least(ended.filter(({ state }) => state === 'done').length);
    expect(await test.service.inProvider(test.acme.id, verifyChain)).to.include({ intact: true });
  });

  it('of which one is told to stop hand over what would take too long, and the other begins at once', async () => {
    const { policy, label } = await protect('long', 400);
    const first = start({ STOP_SECONDS: '0' });
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => get(`/backup-runs/${id}`),
      ({ progress }) => progress !== null,
    );
    tellWhole(first, 'SIGTERM');
    const toldAt = Date.now();
    start();
    const attempts = await until(
      () => attemptsOf(id),
      (all) => all.length === 2,
    );
    expect(Date.now() - toldAt, 'long before it would count as dead').to.be.below(20_000);
    if (first.exitCode === null) await once(first, 'exit');
    expect(first.exitCode).to.equal(0);
    expect(attempts[0]?.how).to.equal('lost');
    await until(
      () => get(`/backup-runs/${id}`),
      ({ state }) => state === 'done',
    );
    expect(await headsOf(label)).to.equal(1);
  });

  it('of which one is held until it counts as dead write one head: the one that comes back publishes nothing', async () => {
    const { policy, label } = await protect('gele', 400);
    const first = start();
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => get(`/backup-runs/${id}`),
      ({ progress }) => progress !== null,
    );
    tellWhole(first, 'SIGSTOP');
    start();
    await until(
      () => get(`/backup-runs/${id}`),
      ({ state }) => state === 'done',
      90_000,
    );
    tellWhole(first, 'SIGCONT');
    await sleep(6000);
    expect(await headsOf(label)).to.equal(1);
    expect((await attemptsOf(id)).map(({ how }) => how)).to.deep.equal(['lost', 'done']);
  });
});
