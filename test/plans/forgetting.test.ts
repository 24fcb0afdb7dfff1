import { expect } from 'chai';
import { sql } from 'kysely';
import { forgetOldAnswers, once } from '#/plans/idempotency.ts';
import { admitSession, forgetOver, openSession } from '#/plans/sign-in.ts';
import { startTestService, type TestService } from '../support/service.ts';

const DAY_MS = 86_400_000;

describe('what is over', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  it('is forgotten: sessions after their end, and no other', async () => {
    const { database } = test.service;
    const now = new Date();
    const { person_id: person } = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('memberships').select('person_id').executeTakeFirstOrThrow(),
    );
    const open = (hash: string, at: Date) =>
      database.atDoor({ person, hash }, (door) =>
        openSession(door, { person, hash, address: '127.0.0.1', hasSecondFactor: false, now: at }),
      );
    await open('old', new Date(now.getTime() - 8 * DAY_MS));
    await open('new', now);
    await database.atDoor({}, (door) => forgetOver(door, now));

    const left = await database.atDoor({ person }, (door) =>
      door.selectFrom('sessions').select('hash').execute(),
    );
    expect(left.map(({ hash }) => hash))
      .to.include('new')
      .and.not.include('old');
    expect(await database.atDoor({ hash: 'new' }, (door) => admitSession(door, 'new', now))).not.to.equal(
      null,
    );
  });

  it('is forgotten: counts of tries outside their window', async () => {
    const count = () =>
      test.service.database.atDoor({}, async (door) => {
        const { rows } = await sql<{ n: number }>`select count(*)::int as n from throttles`.execute(door);
        return rows[0]?.n;
      });
    await test.service.database.atDoor({}, (door) =>
      door.insertInto('throttles').values({ key: 'k', window_started_at: new Date(), tries: 3 }).execute(),
    );
    await test.service.database.atDoor({}, (door) => forgetOver(door, new Date()));
    expect(await count()).to.be.greaterThan(0);
    await test.service.database.atDoor({}, (door) => forgetOver(door, new Date(Date.now() + DAY_MS)));
    expect(await count()).to.equal(0);
  });

  it('is forgotten: answers to a request sent twice, a week later', async () => {
    let runs = 0;
    const ask = (daysLater: number) =>
      test.service.inProvider(test.acme.id, async (work) => {
        const later = { ...work, now: new Date(work.now.getTime() + daysLater * DAY_MS) };
        await forgetOldAnswers(later);
        return once(later, 'same', { a: 1 }, async () => ++runs);
      });
    expect([await ask(0), await ask(6), await ask(8)]).to.deep.equal([1, 1, 2]);
  });
});
