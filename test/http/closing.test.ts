import { expect } from 'chai';
import { sql } from 'kysely';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import { queueDueStandings } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import { makeOneOfEach } from '../support/one-of-each.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const LATER_MS = 3 * 86_400_000;

describe('closing a client', function () {
  this.timeout(60_000);
  let test: TestService;
  let owner: Visitor;
  let consultant: Visitor;
  let approver: Visitor;
  let client: string;
  let one: Record<string, string>;
  before(async () => {
    test = await startTestService();
    client = test.acme.client;
    one = await makeOneOfEach(test);
    owner = await visit(test, test.acme.emails.owner);
    consultant = await visit(test, test.acme.emails.consultant);
    approver = await visit(test, test.acme.emails['client-approver']);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const closings = async () => (await api('GET', `/clients/${client}/closings`)).body.items;
  const ask = async () => {
    const answer = await owner.send(`/clients/${client}/closings`, { reason: 'Fin du contrat' });
    expect(answer.status).to.equal(303);
    return (await closings())[0].id as string;
  };
  const within = <T>(run: (work: Work) => Promise<T>, now = new Date()) =>
    test.service.inProvider(test.acme.id, (work) => run({ ...work, now }));
  const count = (table: string, where: string) =>
    within(async ({ db }) => {
      const { rows } = await sql<{ n: number }>`
        select count(*) as n from ${sql.table(table)} where client_id = ${client} and ${sql.raw(where)}`.execute(
        db,
      );
      return rows[0]!.n;
    });

  it('takes two people, and no token is one of them', async () => {
    const byToken = await api('POST', `/clients/${client}/closings`, { reason: 'x' });
    expect([byToken.status, byToken.body.key]).to.deep.equal([409, 'closing.asked-by-nobody']);
    const withdrawn = await ask();
    expect((await owner.send(`/closings/${withdrawn}/granting`, {})).status).to.equal(409);
    expect((await api('POST', `/closings/${withdrawn}/granting`, {})).body.key).to.equal(
      'closing.same-person',
    );
    expect((await owner.send(`/closings/${withdrawn}/withdrawal`, {})).status).to.equal(303);
    const refused = await ask();
    expect(await consultant.read('/')).to.include(`/closings/${refused}`);
    expect((await consultant.send(`/closings/${refused}/refusal`, {})).status).to.equal(303);
    expect((await closings()).map(({ state }: { state: string }) => state)).to.deep.equal([
      'refused',
      'withdrawn',
    ]);
    expect((await api('GET', `/clients/${client}`)).body.closedAt).to.equal(null);
  });

  it('lets nothing begin or be written, while points, records and reports stay', async () => {
    await within((work) => queueDueWork((run) => run(work)));
    expect(await count('occurrences', "state = 'planned'"), 'planned before').to.be.greaterThan(0);
    const granted = await ask();
    expect((await consultant.send(`/closings/${granted}/granting`, {})).status).to.equal(303);
    expect((await api('GET', `/clients/${client}`)).body.closedAt).to.be.a('string');

    expect(await count('occurrences', "state = 'planned'")).to.equal(0);
    expect(await count('alerts', 'resolved_at is null')).to.equal(0);
    const later = new Date(Date.now() + LATER_MS);
    expect(await within((work) => queueDueWork((run) => run(work)), later)).to.equal(0);
    expect(await count('occurrences', "state = 'planned'"), 'planned later').to.equal(0);
    for (const [method, path, body] of [
      ['POST', `/clients/${client}/assets`, { name: 'Nouveau', kind: 'server' }],
      ['POST', `/clients/${client}/activities`, { name: 'Nouvelle' }],
      ['POST', `/clients/${client}/contacts`, { name: 'Nouveau' }],
      ['POST', `/backup-policies/${one['backup-policies']}/suspension`, {}],
      ['DELETE', `/assets/${one.assets}`, undefined],
    ] as const) {
      const { status, body: told } = await api(method, path, body);
      expect(`${method} ${path} ${status} ${told?.key}`).to.equal(`${method} ${path} 409 client.is-closed`);
    }
    expect((await api('GET', `/clients/${client}/assets`)).body.items).to.not.deep.equal([]);
    expect((await api('POST', `/clients/${client}/reports`, { kind: 'readiness' })).status).to.equal(202);
    expect((await api('POST', `/clients/${client}/legal-holds`, { reason: 'Litige' })).status).to.equal(201);
    const erased = await api('POST', `/contacts/${one.contacts}/erasure`, { reason: 'Demande du 3 mai' });
    expect(erased.status).to.equal(200);
    const after = await api('POST', `/clients/${client}/contacts`, { name: 'Après' });
    expect(after.body.key, 'an erasure opens nothing else').to.equal('client.is-closed');
  });

  it('shuts out the people of the client, and shows the others that it is closed', async () => {
    const shut = await approver.get(`/clients/${client}`);
    expect([shut.status, await shut.text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 403 && text.includes('a pris fin'),
    );
    const token = await api('GET', `/clients/${client}`, undefined, test.acme.tokens['client-reader']);
    expect([token.status, token.body.key]).to.deep.equal([403, 'client.shut-out']);
    expect(await owner.read(`/clients/${client}/assets`)).to.include('Clos depuis le');
    const portfolio = await owner.read('/');
    expect(portfolio).to.include('Clients clos');
    const { items } = (await api('GET', '/portfolio')).body;
    expect(items.map((line: { client: { id: string } }) => line.client.id)).to.not.include(client);
    const asked: string[] = [];
    await within(async (work) => {
      await work.db
        .updateTable('client_standings')
        .set({ computed_at: null })
        .where('client_id', '=', test.acme.otherClient)
        .execute();
      await queueDueStandings({ ...work, enqueue: async (job) => void asked.push(job) });
    });
    expect(asked, 'others are still computed').to.deep.equal(['compute-standings']);
  });

  it('is undone by an owner: what recurs is planned from then on, and nothing was missed', async () => {
    const [{ id }] = await closings();
    expect((await consultant.send(`/closings/${id}/reopening`, {})).status).to.equal(403);
    expect((await owner.send(`/closings/${id}/reopening`, {})).status).to.equal(303);
    expect((await api('GET', `/clients/${client}`)).body.closedAt).to.equal(null);
    const missedBefore = await count('occurrences', "state = 'missed'");
    await within((work) => queueDueWork((run) => run(work)));
    expect(await count('occurrences', "state = 'planned'")).to.be.greaterThan(0);
    expect(await count('occurrences', "state = 'missed'")).to.equal(missedBefore);
    expect((await approver.get(`/clients/${client}`)).status).to.equal(200);
    expect((await api('POST', `/clients/${client}/activities`, { name: 'Reprise' })).status).to.equal(201);
    const { items } = (await api('GET', `/audit-events?client=${client}&action=closing`)).body;
    expect(items.map(({ action }: { action: string }) => action)).to.deep.equal(
      ['reopened', 'granted', 'asked', 'refused', 'asked', 'withdrawn', 'asked'].map(
        (what) => `closing.${what}`,
      ),
    );
  });
});
