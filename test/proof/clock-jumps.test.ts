import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { backup as makePoint } from '#/jobs/recovery-points/backup.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { lastFailures } from '#/plans/alerts/rules/last-runs.ts';
import { findBackupPolicy } from '#/plans/backup-policies.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { addDependency, NewDependency } from '#/plans/dependencies.ts';
import { findDrill, NewDrill, startDrill } from '#/plans/drills/drills.ts';
import { findProviderKey, listRecipients } from '#/plans/keys.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import { keepRetention } from '#/plans/retention/retentions.ts';
import { RetentionRules } from '#/plans/retention/rules.ts';
import { addScenario, NewScenario } from '#/plans/scenarios.ts';
import { queueDue } from '#/server/due-work.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** In full: IN_FULL=1. */
const JUMPS: [string, number][] = [
  ['three days', 3 * DAY],
  ...(process.env.IN_FULL ? [['two hours', 2 * HOUR] satisfies [string, number]] : []),
];
const WINDOWS = { startWindowSeconds: 3600, completionWindowSeconds: null, catchUp: 'once' };
const ENDED = ({ state }: { state: string }) => !['queued', 'running'].includes(state);

/** The clock of the service jumps; those of PostgreSQL, of the store and of the engine stay right. */
describe('a clock that jumps', function () {
  this.timeout(120_000);
  let test: TestService;
  let store: string;
  let jump = 0;
  const clock = () => new Date(Date.now() + jump);
  beforeEach(async () => {
    jump = 0;
    test = await startTestService({ worker: true, clock });
    const address = `file://${test.dataDir}/stores/acme`;
    store = (await post(`/clients/${test.acme.client}/stores`, { name: 'Coffre', address })).id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const api = async (method: string, path: string, body?: object) => {
    const answer = await test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
    expect(answer.status, `${path}: ${JSON.stringify(answer.body)}`).to.be.within(200, 202);
    return answer.body;
  };
  const get = (path: string) => api('GET', path);
  const post = (path: string, body?: object) => api('POST', path, body);
  const query = async (text: string) => {
    await using session = await openSession(test.superuserUrl);
    return await session.query(text);
  };
  const protect = async (name: string, megabytes: number, rhythm: object = {}) => {
    const folder = `${test.dataDir}/${name}`;
    await mkdir(folder);
    for (let file = 0; file < megabytes; file++) await writeFile(`${folder}/${file}`, randomBytes(1_000_000));
    const asset = await post(`/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const policy = await post('/backup-policies', { asset: asset.id, store, source: folder, ...rhythm });
    return { policy: policy.id as string, asset: asset.id as string, label: asset.label as string };
  };
  const backUp = async (policy: string) => {
    const { id } = await post(`/backup-policies/${policy}/runs`);
    return until(() => get(`/backup-runs/${id}`), ENDED);
  };
  /** As a worker would whose own clock is wrong, and that dies before it can say so. */
  const backUpAhead = async (folder: string, asset: string) => {
    const { recipients, sealedPrivate } = await test.service.inProvider(test.acme.id, async (work) => ({
      recipients: await listRecipients(work, test.acme.client),
      ...(await findProviderKey(work, 'point-signing')),
    }));
    const place = await openStore(`file://${test.dataDir}/stores/acme`, { create: true });
    await makePoint({
      source: folderSource(folder),
      store: place,
      asset,
      recipients,
      signingKey: test.service.vault.open(test.acme.id, 'point-signing', sealedPrivate),
      scratchDir: test.dataDir,
      now: () => new Date(Date.now() + 3 * DAY),
    });
    await place.close();
  };
  const points = async () => (await get(`/clients/${test.acme.client}/recovery-points`)).items;
  const runs = async () =>
    Promise.all(
      (await get(`/clients/${test.acme.client}/backup-runs`)).items.map(({ id }: { id: string }) =>
        until(() => get(`/backup-runs/${id}`), ENDED),
      ),
    );
  /** How many policies have a run that was begun by what the clock says now. */
  const begunNow = async () => {
    const near = (await runs()).filter(
      ({ askedAt }) => Math.abs(Date.parse(askedAt) - clock().getTime()) < HOUR,
    );
    return new Set(near.map((run) => run.policy)).size;
  };
  const prove = async (recoveryPoint: string) => {
    const { id } = await post('/restore-tests', { recoveryPoint, level: 'L3' });
    return until(() => get(`/restore-tests/${id}`), ENDED);
  };
  const tick = async () => {
    const { database, inProvider, log } = test.service;
    await queueDue({
      database,
      inProvider,
      metrics: { dueBackups: { inc: () => undefined } as never },
      log: { error: log.error.bind(log), warn: () => undefined } as never,
      now: clock(),
    });
  };

  for (const [name, ahead] of JUMPS)
    it(`${name} ahead and back begins nothing twice, and leaves no time in which nothing is due`, async () => {
      const hourly = await protect('horaire', 1, { intervalSeconds: 3600 });
      await protect('rpo', 1, {
        schedule: { ...WINDOWS, cadence: { kind: 'objective', rpoSeconds: 4 * 3600 } },
      });
      await tick();
      const atFirst = await begunNow();
      jump = ahead;
      await tick();
      expect(await begunNow()).to.equal(ahead < 4 * HOUR ? 1 : 2);
      jump = 0;
      await tick();
      expect(await begunNow(), 'nothing more is due once it is right again').to.equal(atFirst);
      const [waiting] = await query(`select
        (select count(*) from occurrences where state = 'missed' and due_at > now())::int as missed,
        (select count(*) from schedules where plan_at > now() + interval '1 day')::int as schedules,
        (select count(*) from reconciliations where next_due_at > now() + interval '1 day')::int as looks,
        (select count(*) from expiries where next_due_at > now() + interval '1 day')::int as expiries,
        (select count(*) from alert_watches where watched_at > now())::int as watches,
        (select count(*) from client_standings where good_until > now() + interval '1 day' and computed_changes is not null)::int as standings`);
      expect(waiting).to.deep.equal({
        missed: 0,
        schedules: 0,
        looks: 0,
        expiries: 0,
        watches: 0,
        standings: 0,
      });

      await rename(`${test.dataDir}/horaire`, `${test.dataDir}/gone`);
      expect(await backUp(hourly.policy)).to.include({ state: 'failed' });
      const failing = await test.service.inProvider(test.acme.id, lastFailures);
      expect(
        failing.map(({ policy }) => policy),
        'no good run of days to come hides it',
      ).to.deep.equal([hourly.policy]);
      await rename(`${test.dataDir}/gone`, `${test.dataDir}/horaire`);

      jump = 5 * HOUR;
      await tick();
      expect(await begunNow(), 'both are due within five hours').to.equal(2);
      const begun = await query(`select schedule_id, due_at from occurrences where state = 'begun'`);
      const twice = await query(
        `select run_id from occurrences where run_id is not null group by run_id having count(*) > 1`,
      );
      expect(new Set(begun.map((one) => JSON.stringify(one))).size).to.equal(begun.length);
      expect(twice).to.deep.equal([]);
    });

  it('to and fro in the middle of a run takes nothing from who works at it', async () => {
    const { policy, label } = await protect('gros', 200);
    const { id } = await post(`/backup-policies/${policy}/runs`);
    await until(
      () => get(`/backup-runs/${id}`),
      ({ progress }) => progress !== null,
    );
    for (const by of [2 * HOUR, -2 * HOUR, 3 * DAY, -3 * DAY]) {
      jump = by;
      await tick();
    }
    expect(await until(() => get(`/backup-runs/${id}`), ENDED)).to.include({ state: 'done' });
    const attempts = (await get(`/backup-runs/${id}/attempts`)).items;
    expect(attempts.map(({ how }: { how: string }) => how)).to.deep.equal(['done']);
    expect(await readdir(`${test.dataDir}/stores/acme/${label}/snapshots`)).to.have.length(1);
    const [point] = await points();
    jump = 0;
    expect(await prove(point.id)).to.include({ state: 'passed' });
  });

  it('dates a point ahead, which makes no data young, and lets no other point go', async () => {
    const { policy, asset, label } = await protect('fichiers', 1);
    await backUpAhead(`${test.dataDir}/fichiers`, label);
    await post(`/backup-policies/${policy}/clean-ups`);
    const [ahead] = await until(points, (found) => found.length > 0);
    expect(await prove(ahead.id)).to.include({ state: 'passed', dataAgeSeconds: null });
    const activity = await post(`/clients/${test.acme.client}/activities`, {
      name: 'Facturer',
      isPriority: true,
      rpoSeconds: 14_400,
    });
    await post(`/clients/${test.acme.client}/dependencies`, {
      from: { kind: 'activity', id: activity.id },
      to: asset,
      kind: 'data',
    });
    const facts = await test.service.inProvider(test.acme.id, async (work) =>
      loadFacts(work, [await findClient(work, test.acme.client)]),
    );
    expect(computeReadiness(facts.get(test.acme.client)!).activities[0]?.observedRpo).to.include({
      verdict: 'unmeasured',
      seconds: null,
    });

    for (const name of ['deux', 'trois']) {
      await writeFile(`${test.dataDir}/fichiers/${name}`, name);
      await backUp(policy);
    }
    const [, newest] = await points();
    await prove(newest.id);
    const { points: judged } = await post(`/backup-policies/${policy}/retention/simulation`, {
      rules: { last: 1, withinDays: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
    });
    expect(
      judged.map(({ because }: { because: { code: string }[] }) => because.map(({ code }) => code)),
    ).to.deep.equal([['dated-ahead'], ['newest', 'last', 'last-proven'], []]);
  });

  it('ahead of the store lets no point go that is young by the store’s clock', async () => {
    const { policy } = await protect('fichiers', 1);
    for (const name of ['un', 'deux', 'trois']) {
      await writeFile(`${test.dataDir}/fichiers/${name}`, name);
      await backUp(policy);
    }
    const made: string[] = (await points()).map(({ id }: { id: string }) => id);
    expect(made).to.have.length(3);
    await prove(made[0]!);
    await setRetention(policy, { withinDays: 2 });
    jump = 3 * DAY;
    await post(`/backup-policies/${policy}/expiries`);
    const ended = await until(
      () => get(`/backup-policies/${policy}/expiry`),
      ({ standing }) => standing === 'done' || standing === 'failed',
    );
    expect(ended.last).to.include({ removed: 0 });
    expect(ended.last.blocked.code).to.equal('clean-up.clock-ahead');
    jump = 0;
    await post(`/backup-policies/${policy}/expiries`);
    await until(
      () => get(`/backup-policies/${policy}/expiry`),
      ({ standing, endedAt }) => standing === 'done' && endedAt < new Date(Date.now() + HOUR).toISOString(),
    );
    // On the days that never were, a backup of its own may have been due.
    const left = await points();
    expect(left.map(({ id }: { id: string }) => id)).to.include.members(made);
    for (const { expiry } of left) expect(expiry?.state ?? 'kept').to.equal('kept');
  });

  it('back in the middle of a drill ends it all the same, and is measured as nothing', async () => {
    const { policy, asset } = await protect('fichiers', 1);
    await backUp(policy);
    await prove((await points())[0].id);
    const drill = await test.service.inProvider(test.acme.id, async (work) => {
      const activity = await addActivity(
        work,
        test.acme.client,
        NewActivity.parse({ name: 'Facturer', rtoSeconds: 3600 }),
      );
      const from = { kind: 'activity' as const, id: activity.id };
      await addDependency(work, test.acme.client, NewDependency.parse({ from, to: asset, kind: 'hard' }));
      const effects = [{ asset, effect: 'lost' }];
      const scenario = await addScenario(
        work,
        test.acme.client,
        NewScenario.parse({ name: 'Panne', family: 'ict-assets-lost', effects }),
      );
      const started = await startDrill(work, test.acme.client, NewDrill.parse({ scenario: scenario.id }));
      return started;
    });
    jump = -2 * HOUR;
    const ended = await until(
      async () => {
        await tick();
        return test.service.inProvider(test.acme.id, (work) => findDrill(work, drill.id));
      },
      ({ state }) => state !== 'running',
    );
    expect(ended.state).to.equal('inconclusive');
    expect(ended.outcome?.activities[0]).to.include({ seconds: null });
  });

  /** As two people would have agreed. */
  const setRetention = (id: string, rules: object) =>
    test.service.inProvider(test.acme.id, async (work) =>
      keepRetention(
        work,
        await findBackupPolicy(work, id),
        { rules: RetentionRules.parse(rules), needsSecondPerson: true, damageNoticedDays: null },
        { setBy: 'Alice', grantedBy: 'Bob' },
      ),
    );
});
