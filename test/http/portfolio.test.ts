import { expect } from 'chai';
import { addMember } from '#/plans/people.ts';
import type { Work } from '#/plans/work.ts';
import { seeingEveryClient } from '#/server/every-client.ts';
import { hashPassword } from '#/server/passwords.ts';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const HOUR = 3600;

describe('clients that fail on the same day', () => {
  let test: TestService;
  const made: Record<string, string> = {};
  before(async () => {
    test = await startTestService();
    const pool = await api('POST', '/technician-pools', {
      name: 'Équipe de Lille',
      headCount: 1,
      hours: 'always',
    });
    made.pool = pool.body.id;
    await aClient('Pressé', 8, { rto: 10, mtpd: 12 });
    await aClient('Patient', 6, { rto: 8, mtpd: 24 });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);

  /** With a payroll that needs one server, hosted by the same supplier at the same address. */
  async function aClient(name: string, hours: number, { rto, mtpd }: { rto: number; mtpd: number }) {
    const client = (await api('POST', '/clients', { name, technicianPool: made.pool })).body.id;
    made[name] = client;
    const add = async (noun: string, body: object) =>
      (await api('POST', `/clients/${client}/${noun}`, body)).body;
    const site = await add('sites', {
      name: `Salle de ${name}`,
      kind: 'data-centre',
      address: name === 'Patient' ? '1, rue du Port\n59000 LILLE' : '1 rue du port, 59000 Lille',
    });
    const supplier = await add('suppliers', {
      name: `Hébergeur de ${name}`,
      registration: name === 'Patient' ? '552 100 554' : '552100554',
      hours: 'always',
    });
    const server = await add('assets', {
      name: 'Serveur',
      kind: 'server',
      site: site.id,
      supplier: supplier.id,
      declaredRecoverySeconds: hours * HOUR,
    });
    const activity = await add('activities', {
      name: `Paie de ${name}`,
      rtoSeconds: rto * HOUR,
      mtpdSeconds: mtpd * HOUR,
    });
    await add('dependencies', {
      from: { kind: 'activity', id: activity.id },
      to: server.id,
      kind: 'hard',
    });
  }

  it('share a pool, an address however it is written, and a supplier by its number', async () => {
    const { items } = (await api('GET', '/portfolio/contention')).body;
    expect(
      items.map(({ kind, clients, isByName }: { kind: string; clients: number; isByName: boolean }) => [
        kind,
        clients,
        isByName,
      ]),
    ).to.have.deep.members([
      ['pool', 2, false],
      ['site', 2, false],
      ['supplier', 2, false],
    ]);
  });

  it('are told in words: who comes back when, instead of when, for which RTO', async () => {
    const { body } = await api('GET', `/portfolio/contention/pool/${made.pool}`);
    expect([body.considered, body.lostFrom, body.unseenLosses]).to.deep.equal([2, 2, 0]);
    expect(body.order.map(({ client }: { client: { name: string } }) => client.name)).to.deep.equal([
      'Pressé',
      'Patient',
    ]);
    expect(body.losses).to.have.length(1);
    expect(body.losses[0]).to.deep.include({
      client: { id: made.Patient, name: 'Patient' },
      aloneSeconds: 6 * HOUR,
      togetherSeconds: 14 * HOUR,
      rtoSeconds: 8 * HOUR,
      isDeclared: true,
    });
    const consultant = await visit(test, test.acme.emails.consultant);
    expect(await consultant.read('/')).to.include('href="/portfolio/contention"');
    expect(await consultant.read(`/technician-pools/${made.pool}`)).to.include(
      `href="/portfolio/contention/pool/${made.pool}"`,
    );
    expect(await consultant.read('/portfolio/contention')).to.include('Équipe de Lille');
    expect(await consultant.read(`/portfolio/contention/pool/${made.pool}`)).to.include(
      '« Paie de Patient », chez Patient, revient après 14\u00a0h au lieu de 6\u00a0h ; son RTO est de 8\u00a0h.'
        .replaceAll('« ', '«\u202f')
        .replaceAll(' »', '\u202f»')
        .replaceAll(' ;', '\u202f;'),
    );
  });

  it('lose as much when their site or their supplier is lost', async () => {
    const { items } = (await api('GET', '/portfolio/contention')).body;
    for (const { kind, key } of items) {
      const { body } = await api('GET', `/portfolio/contention/${kind}/${key}`);
      expect(body.losses.length, kind).to.equal(1);
    }
  });

  it('are only counted to who does not see them', async () => {
    await test.service.inProvider(test.acme.id, async (work) =>
      addMember(
        work,
        {
          email: 'one@acme.example',
          name: 'One',
          locale: 'fr',
          role: 'consultant',
          clients: [made.Pressé ?? ''],
          validUntil: null,
        },
        await hashPassword(PASSWORD),
      ),
    );
    const one = await visit(test, 'one@acme.example');
    const list = await one.read('/portfolio/contention');
    expect(list).to.include('Hébergeur de Pressé').and.not.include('Patient');
    const page = await one.read(`/portfolio/contention/pool/${made.pool}`);
    expect(page).to.not.include('Patient');
    expect(page)
      .to.include('Un de ces clients est hors de votre vue')
      .and.include('Un autre RTO est perdu chez un client hors de votre vue');
    // What was widened for the figures is narrow again.
    expect(await one.read('/')).to.not.include('Patient');
    expect(await one.read(`/clients/${made.Patient}`)).to.not.include('Patient');
  });

  it('are out of sight again within the same transaction', async () => {
    const count = (work: Work) =>
      work.db
        .selectFrom('clients')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
    await test.service.database.inProvider(test.acme.id, [test.acme.client], async (db) => {
      const work = { db, clients: [test.acme.client] } as unknown as Work;
      expect((await seeingEveryClient(work, count)).n).to.equal(4);
      expect((await count(work)).n).to.equal(1);
      const failed = await seeingEveryClient(work, () => Promise.reject(new Error('no'))).catch(String);
      expect([failed, (await count(work)).n]).to.deep.equal(['Error: no', 1]);
    });
  });

  it('are nothing to who sees none of them, to a client’s people, and to another provider', async () => {
    const shared = `/api/v1/portfolio/contention/pool/${made.pool}`;
    expect((await test.api(test.acme.tokens['client-reader'], 'GET', shared)).status).to.equal(403);
    expect((await test.api(test.other.tokens.owner, 'GET', shared)).body.key).to.equal(
      'not-found.shared-thing',
    );
    // The same address and the same number at another provider stay apart.
    const { tokens } = test.other;
    for (const name of ['Un', 'Deux']) {
      const { body } = await test.api(tokens.owner, 'POST', '/api/v1/clients', { name });
      await test.api(tokens.owner, 'POST', `/api/v1/clients/${body.id}/suppliers`, {
        name: 'Le même',
        registration: '552100554',
        hours: 'always',
      });
    }
    const theirs = (await test.api(tokens.owner, 'GET', '/api/v1/portfolio/contention')).body.items;
    expect(theirs.map(({ clients }: { clients: number }) => clients)).to.deep.equal([2]);
    const ours = (await api('GET', '/portfolio/contention')).body.items;
    expect(ours.map(({ clients }: { clients: number }) => clients)).to.deep.equal([2, 2, 2]);
  });

  it('stand in the portfolio, which the interface tells as well', async () => {
    const { items, next } = (await api('GET', '/portfolio')).body;
    expect([items.length, next]).to.deep.equal([4, null]);
    expect(items[0]).to.include({ level: 0, overdueReviews: 0, rpoBreaches: 0 });
    const found = (await api('GET', '/portfolio?search=patient')).body.items;
    expect(found.map(({ client }: { client: { name: string } }) => client.name)).to.deep.equal(['Patient']);
    const seen = await test.api(test.acme.tokens['client-reader'], 'GET', '/api/v1/portfolio');
    expect(seen.body.items.map(({ client }: { client: { id: string } }) => client.id)).to.deep.equal([
      test.acme.client,
    ]);
  });
});
