import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { lastRound, openRounds } from '#/server/clock-rounds.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { startTestService, type TestService } from '../support/service.ts';

const MINUTE = 60_000;
const SILENT = { info() {}, warn() {}, error() {} } as unknown as Parameters<typeof openRounds>[0]['log'];

describe('the clock', () => {
  let test: TestService;
  let outside: Receiver;
  before(async () => {
    test = await startTestService();
    outside = await startReceiver();
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
  });

  const health = async () => {
    const answer = await fetch(`${test.url}/healthz`);
    return { status: answer.status, body: (await answer.json()) as Health };
  };
  let now = new Date();
  const rounds = () =>
    openRounds({
      database: test.service.database,
      settings: { clockPing: { url: `${outside.url}/check?x=1`, seconds: 60 } },
      log: SILENT,
      clock: () => now,
    });

  it('is red until it ended a round, green after one, and red again when it stands still', async () => {
    expect(await health()).to.deep.include({ status: 503 });
    expect((await health()).body.clock).to.deep.equal({ ok: false, secondsSinceRound: null });
    now = new Date();
    await rounds()(async () => undefined);
    expect(await lastRound(test.service.database)).to.deep.equal(now);
    expect((await health()).body).to.deep.include({ ok: true });
    now = new Date(Date.now() - 6 * MINUTE);
    await rounds()(async () => undefined);
    expect((await health()).status).to.equal(503);
    expect((await health()).body.clock.ok).to.equal(false);
  });

  it('tells somebody outside that a round began and ended, as often as asked and no more', async () => {
    outside.received.length = 0;
    now = new Date();
    const round = rounds();
    await round(async () => undefined);
    await round(async () => undefined);
    expect(outside.received.map(({ path }) => path)).to.deep.equal(['/check/start?x=1', '/check?x=1']);
    now = new Date(now.getTime() + MINUTE);
    const failed = await round(async () => {
      throw new Error('a round that breaks');
    }).then(
      () => null,
      ({ message }: Error) => message,
    );
    expect(failed).to.equal('a round that breaks');
    expect(outside.received.map(({ path }) => path).slice(2)).to.deep.equal([
      '/check/start?x=1',
      '/check/fail?x=1',
    ]);
  });

  it('goes on when nobody outside answers, and a round that breaks is none', async () => {
    await outside[Symbol.asyncDispose]();
    now = new Date(Date.now() + 10 * MINUTE);
    await rounds()(async () => undefined);
    expect((await lastRound(test.service.database))?.getTime()).to.equal(now.getTime());
    const before = now;
    now = new Date(Date.now() + 20 * MINUTE);
    await rounds()(() => Promise.reject(new Error('broken'))).catch(() => undefined);
    expect(await lastRound(test.service.database)).to.deep.equal(before);
  });

  it('shows a queue in which something waits while nothing is begun', async () => {
    now = new Date();
    await openRounds({
      database: test.service.database,
      settings: { clockPing: null },
      log: SILENT,
      clock: () => now,
    })(async () => undefined);
    expect((await health()).status).to.equal(200);
    await test.service.inProvider(test.acme.id, (work) => work.enqueue('compute-standings', {}));
    expect((await health()).body.queue.ok).to.equal(true);
    await using session = await openSession(test.superuserUrl);
    await session.query(`update pgboss.job set start_after = start_after - interval '6 minutes'`);
    const { status, body } = await health();
    expect(status).to.equal(503);
    expect(body.queue.ok).to.equal(false);
    expect(body.queue.secondsStuck).to.be.greaterThan(350);
  });
});

interface Health {
  ok: boolean;
  clock: { ok: boolean; secondsSinceRound: number | null };
  queue: { ok: boolean; secondsStuck: number | null };
}
