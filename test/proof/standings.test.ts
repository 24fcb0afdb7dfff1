/** Where clients stand, computed when something changed and only then. */
import { expect } from 'chai';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { createClient, findClient, NewClient } from '#/plans/clients.ts';
import { listFindings } from '#/plans/rule-findings.ts';
import { listStandings, queueDueStandings, refreshStandings, refreshStandingsOf } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService } from '../support/service.ts';

describe('standings', () => {
  let test: TestService;
  let now = new Date('2026-11-23T10:00:00Z');
  before(async () => {
    test = await startTestService();
    await settle();
  });
  after(() => test[Symbol.asyncDispose]());

  const within = <T>(run: (work: Work) => Promise<T>) =>
    test.service.inProvider(test.acme.id, (work) => run({ ...work, now }));
  /** Computes all that is due, and answers of how many clients that was. */
  const settle = async () => {
    let all = 0;
    for (let some = -1; some !== 0; all += some) some = await within(refreshStandings);
    return all;
  };
  const list = (given: object = {}) =>
    within((work) => listStandings(work, { search: null, level: null, offset: 0, limit: 50, ...given }));
  const standingOf = async (client: string) =>
    (await list()).standings.find((one) => one.client.id === client)!;

  it('are computed for whom something changed, and for nobody else', async () => {
    expect(await settle()).to.equal(0);
    await within((work) =>
      addActivity(work, test.acme.client, NewActivity.parse({ name: 'Vendre', isPriority: true })),
    );
    expect((await standingOf(test.acme.client)).isStale).to.equal(true);
    expect((await standingOf(test.acme.otherClient)).isStale).to.equal(false);
    expect(await settle()).to.equal(1);
    const { standing, isStale } = await standingOf(test.acme.client);
    expect([isStale, standing?.level, standing?.missing?.key]).to.deep.equal([
      false,
      0,
      'readiness.analysis-not-approved',
    ]);
  });

  it('come with what the rules find', async () => {
    const findings = await within((work) => listFindings(work, test.acme.client));

    expect(findings.map(({ rule, object, severity }) => `${severity} ${rule} ${object.name}`)).to.include(
      'warning leaves Vendre',
    );
  });

  it('are computed again once time alone may have changed them', async () => {
    now = new Date('2026-11-24T10:00:01Z');
    expect((await standingOf(test.acme.client)).isStale).to.equal(true);
    expect(await settle()).to.equal(2);
    expect(await settle()).to.equal(0);
  });

  it('stay stale when something happens while they are computed', async () => {
    await settle();
    const happens = () =>
      within((work) => addActivity(work, test.acme.client, NewActivity.parse({ name: 'Pendant le calcul' })));
    await within(async (work) =>
      refreshStandingsOf({ ...work, db: beforeWriting(work.db, happens) }, [
        await findClient(work, test.acme.client),
      ]),
    );
    expect((await standingOf(test.acme.client)).isStale).to.equal(true);
    expect(await settle()).to.equal(1);
  });

  it('hold up nobody who writes before they are committed, and stay stale', async () => {
    await within(async (work) => {
      await refreshStandingsOf(work, [await findClient(work, test.acme.client)]);
      await within((other) => addActivity(other, test.acme.client, NewActivity.parse({ name: 'Peu après' })));
    });
    expect((await standingOf(test.acme.client)).isStale).to.equal(true);
    expect(await settle()).to.equal(1);
  });

  it('come the worst first, and by level and name', async () => {
    await within((work) => createClient(work, NewClient.parse({ name: 'Zénith' })));
    await settle();
    const { standings, total } = await list();
    expect(total).to.equal(3);
    expect(standings.map(({ standing }) => standing?.level)).to.deep.equal([0, 0, 0]);
    expect((await list({ search: 'zén' })).standings.map(({ client }) => client.name)).to.deep.equal([
      'Zénith',
    ]);
    expect((await list({ level: 5 })).total).to.equal(0);
  });

  it('are asked for by the clock only when some are due', async () => {
    const asked: string[] = [];
    const ask = () =>
      within((work) => queueDueStandings({ ...work, enqueue: async (job) => void asked.push(job) }));
    await ask();
    expect(asked).to.deep.equal([]);
    await within((work) => addActivity(work, test.acme.client, NewActivity.parse({ name: 'Payer' })));
    await ask();
    expect(asked).to.deep.equal(['compute-standings']);
  });
});

/** The same database, but something else commits just before what was computed is written down. */
function beforeWriting(db: Work['db'], happens: () => Promise<unknown>): Work['db'] {
  const updateTable = (table: 'client_standings') => ({
    set: (figures: object) => ({
      where: (column: 'client_id', is: '=', client: string) => ({
        execute: async () => {
          await happens();
          return db.updateTable(table).set(figures).where(column, is, client).execute();
        },
      }),
    }),
  });
  return new Proxy(db, {
    get: (target, name) => (name === 'updateTable' ? updateTable : Reflect.get(target, name).bind(target)),
  });
}
