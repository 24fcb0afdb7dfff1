import { expect } from 'chai';
import fc from 'fast-check';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { nextDue } from '#/plans/intervals.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('the next time a policy is due', () => {
  it('lies after now, by at most one interval, and a whole number of intervals after the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 300, max: 31_622_400 }),
        fc.integer({ min: 0, max: 1e10 }),
        (interval, late) => {
          const last = new Date('2026-03-29T00:30:00Z');
          const now = new Date(last.getTime() + late);
          const next = nextDue(last, interval, now).getTime();
          expect(next)
            .to.be.greaterThan(now.getTime())
            .and.at.most(now.getTime() + interval * 1000);
          expect((next - last.getTime()) % (interval * 1000)).to.equal(0);
        },
      ),
    );
  });
});

describe('the tick', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
    const { tokens, client } = test.acme;
    const post = async (path: string, body: object) =>
      (await test.api(tokens.owner, 'POST', `/api/v1${path}`, body)).body.id;
    const store = await post(`/clients/${client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/a`,
    });
    for (const name of ['Un', 'Deux']) {
      const asset = await post(`/clients/${client}/assets`, { name, kind: 'data-set' });
      await post('/backup-policies', { asset, store, source: test.dataDir, intervalSeconds: 3600 });
    }
  });
  after(() => test[Symbol.asyncDispose]());

  const begun = Date.now();
  const tickAt = (hoursFromNow: number, provider = test.acme.id) =>
    queueDueWork((run) =>
      test.service.inProvider(provider, (work: Work) =>
        run({ ...work, now: new Date(begun + hoursFromNow * 3_600_000) }),
      ),
    );
  const occurrences = async () => {
    await using session = await openSession(test.superuserUrl);
    const rows = await session.query(`select state::text, cause, count(*)::int as count from occurrences
      where state <> 'planned' group by 1, 2 order by 1, 2`);
    return rows.map(({ state, cause, count }) => `${state} ${cause ?? 'in time'}: ${count}`);
  };
  const runs = async () => {
    const { body } = await test.api(
      test.acme.tokens.owner,
      'GET',
      `/api/v1/clients/${test.acme.client}/backup-runs`,
    );
    return body.items.map(({ state, cause }: { state: string; cause: string }) => `${cause} ${state}`).sort();
  };

  it('queues nothing before its time', async () => {
    expect(await tickAt(0)).to.equal(0);
    expect(await runs()).to.deep.equal([]);
  });

  it('queues each due policy once, whoever else ticks at the same time', async () => {
    const queued = await Promise.all([tickAt(1), tickAt(1), tickAt(1)]);
    expect(queued.reduce((left, right) => left + right)).to.equal(2);
    expect(await runs()).to.deep.equal(['due queued', 'due queued']);
    expect(await occurrences()).to.deep.equal(['begun in time: 2']);
  });

  it('says so where the run before is not over', async () => {
    expect(await tickAt(2)).to.equal(0);
    expect(await runs()).to.deep.equal(['due queued', 'due queued', 'due skipped', 'due skipped']);
    expect(await occurrences()).to.deep.equal(['begun in time: 2', 'skipped overlap: 2']);
  });

  it('makes up for a long sleep once, and says what was missed while nobody was there', async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`update backup_runs set state = 'done', finished_at = now() where state = 'queued'`);
    expect(await tickAt(100)).to.equal(2);
    expect(await tickAt(100)).to.equal(0);
    expect(await occurrences()).to.deep.equal([
      'begun in time: 4',
      'missed service-down: 194',
      'skipped overlap: 2',
    ]);
  });

  it('is not led astray by a clock that goes back', async () => {
    expect(await tickAt(99)).to.equal(0);
    expect(await tickAt(3)).to.equal(0);
  });

  it('begins each once though the database went away in mid-claim', async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`update backup_runs set state = 'done', finished_at = now() where state = 'queued'`);
    const before = (await runs()).length;
    const now = new Date(begun + 101.5 * 3_600_000);
    const cut = queueDueWork((run) =>
      test.service.inProvider(test.acme.id, async (work: Work) => {
        const answer = await run({ ...work, now });
        if (typeof answer === 'object' && answer !== null && 'begun' in answer)
          await session.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`,
          );
        return answer;
      }),
    );
    expect(await cut.then(String, () => 'cut off')).to.equal('cut off');
    expect(await runs()).to.have.length(before);
    expect(await tickAt(101.5)).to.equal(2);
    expect(await runs()).to.have.length(before + 2);
  });

  it('tells a week of a year in which nobody was there, and begins each once', async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`update backup_runs set state = 'done', finished_at = now() where state = 'queued'`);
    const count = async () =>
      Number(
        (await session.query(`select count(*)::int as count from occurrences where state = 'missed'`))[0]!
          .count,
      );
    const before = await count();
    expect(await tickAt(8766)).to.equal(2);
    // What was planned before, two days of it, and the last seven of the year, hour by hour.
    expect((await count()) - before).to.be.within(2 * 168, 2 * (168 + 49));
    expect(await tickAt(8766)).to.equal(0);
    expect(await tickAt(8765), 'an hour back').to.equal(0);
  });

  it('queues nothing of another provider', async () => {
    expect(await tickAt(10_000, test.other.id)).to.equal(0);
  });
});
