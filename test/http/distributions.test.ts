import { expect } from 'chai';
import { SECTIONS_OF } from '#/plans/plan-sections.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('distributions', () => {
  let test: TestService;
  let consultant: Visitor;
  let reader: Visitor;
  let plan: string;
  let version: string;
  let anne: string;
  let bastien: string;

  beforeEach(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    reader = await visit(test, test.acme.emails['client-reader']);
    plan = (await post(`/clients/${test.acme.client}/plans`, { kind: 'bcp', title: 'PCA' })).id;
    version = await inForce();
    const person = await test.service.inProvider(test.acme.id, ({ db }) =>
      db
        .selectFrom('memberships')
        .select('person_id')
        .where('role', '=', 'client-reader')
        .executeTakeFirstOrThrow(),
    );
    anne = (await post(`/clients/${test.acme.client}/contacts`, { name: 'Anne', person: person.person_id }))
      .id;
    bastien = (await post(`/clients/${test.acme.client}/contacts`, { name: 'Bastien' })).id;
  });
  afterEach(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api('POST', path, body);
    expect(status, JSON.stringify(made)).to.equal(201);
    return made;
  };
  /** Written by the consultant, approved by the owner on a page. */
  const inForce = async (): Promise<string> => {
    const sections = SECTIONS_OF.bcp.map((kind) => ({ kind, title: kind, body: 'Dit.' }));
    const changeSummary = 'Relu';
    const draft = await api(
      'POST',
      `/plans/${plan}/versions`,
      { sections, changeSummary },
      test.acme.tokens.consultant,
    );
    const { id } = draft.body;
    await api('POST', `/plan-versions/${id}/submission`, {});
    const owner = await visit(test, test.acme.emails.owner);
    const decided = await owner.send(`/plan-versions/${id}/approval`, {
      version: versionIn(await owner.read(`/plan-versions/${id}`)),
      decision: 'approved',
    });
    expect(decided.status).to.equal(303);
    return id;
  };
  const page = () => `/plan-versions/${version}/distributions`;
  const copies = async () => (await api('GET', page())).body.items;
  const outdated = async () => (await api('GET', `/plan-versions/${version}/outdated-copies`)).body.items;
  const evidence = async (code: string) => {
    const rows = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('evidence').select('asserted_by').where('code', '=', code).orderBy('at').execute(),
    );
    return rows.map(({ asserted_by }) => asserted_by);
  };

  it('are noted on a page, and the reader says for themself that they read it', async () => {
    const sent = await consultant.send(page(), [
      ['channel', 'paper'],
      ['contacts', anne],
      ['contacts', bastien],
    ]);
    expect(sent.status, await sent.text()).to.equal(303);
    expect((await copies()).map((one: { name: string }) => one.name)).to.deep.equal(['Anne', 'Bastien']);
    expect(await evidence('OFF')).to.deep.equal(['person']);

    const shown = await reader.read(page());
    expect(shown).to.include('J’ai lu cette version');
    expect(shown).not.to.include('Noter comme lue');
    const [own] = await copies();
    expect((await reader.send(`/distributions/${own.id}/receipt`, {})).status).to.equal(303);

    expect((await copies())[0].read.isSelf).to.equal(true);
    expect(await evidence('ACK')).to.deep.equal(['system']);
    expect(await consultant.read(page())).to.include('Lu, dit par la personne elle-même');
  });

  it('count a reading noted by somebody else as declared, until the reader says so', async () => {
    await post(page(), { channel: 'mail', contacts: [anne] });
    const [copy] = await copies();
    const noted = await api('POST', `/distributions/${copy.id}/receipt`, {});
    expect([noted.status, noted.body.read.isSelf]).to.deep.equal([200, false]);
    expect(await consultant.read(page())).to.include('is-declared');

    const again = await api('POST', `/distributions/${copy.id}/receipt`, {});
    expect([again.status, again.body.key]).to.deep.equal([409, 'distribution.read-already']);
    await reader.send(`/distributions/${copy.id}/receipt`, {});
    expect((await copies())[0].read.isSelf).to.equal(true);
    expect(await evidence('ACK')).to.deep.equal(['person', 'system']);
  });

  it('tell who still holds an older version', async () => {
    await post(page(), { channel: 'mail', contacts: [anne, bastien] });
    version = await inForce();
    await post(page(), { channel: 'mail', contacts: [anne] });
    expect(await outdated()).to.deep.equal([{ name: 'Bastien', channel: 'mail', number: 1 }]);
    expect(await consultant.read(page())).to.match(/Exemplaires périmés.*Bastien.*Version\s1.*Courriel/s);
  });

  it('tell of paper that lies where it was until new paper comes', async () => {
    await post(page(), { channel: 'paper', contacts: [anne, bastien] });
    version = await inForce();
    await post(page(), { channel: 'service', contacts: [anne] });
    await post(page(), { channel: 'paper', contacts: [bastien] });
    expect(await outdated()).to.deep.equal([{ name: 'Anne', channel: 'paper', number: 1 }]);
    await post(page(), { channel: 'paper', contacts: [anne] });
    expect(await outdated()).to.deep.equal([]);
  });

  it('tell who leads in a crisis and was not handed the version', async () => {
    await post(`/clients/${test.acme.client}/crisis-roles`, {
      name: 'Directrice',
      cell: 'decision',
      holders: [{ contact: anne }, { contact: bastien }],
    });
    await post(page(), { channel: 'mail', contacts: [anne] });
    expect(await consultant.read(page())).to.match(/n’ont pas reçu cette version.*Bastien/s);
    await post(page(), { channel: 'mail', contacts: [bastien] });
    expect(await consultant.read(page())).to.not.include('n’ont pas reçu cette version');
  });

  it('refuse what cannot be, with a sentence', async () => {
    await post(page(), { channel: 'mail', contacts: [anne] });
    const twice = await api('POST', page(), { channel: 'mail', contacts: [anne, bastien] });
    expect([twice.status, twice.body.key]).to.deep.equal([409, 'distribution.sent-already']);
    expect(await copies()).to.have.length(1);

    const nobody = await consultant.send(page(), { channel: 'mail' });
    expect(nobody.status).to.equal(422);
    const old = version;
    version = await inForce();
    const late = await api('POST', `/plan-versions/${old}/distributions`, {
      channel: 'mail',
      contacts: [bastien],
    });
    expect([late.status, late.body.key]).to.deep.equal([409, 'distribution.not-in-force']);
  });

  it('are hidden from other providers, and a reader hands out nothing', async () => {
    await post(page(), { channel: 'mail', contacts: [bastien] });
    const [copy] = await copies();
    const foreign = test.other.tokens.owner;
    expect((await api('GET', page(), undefined, foreign)).status).to.equal(404);
    expect((await api('POST', `/distributions/${copy.id}/receipt`, {}, foreign)).status).to.equal(404);
    const stranger = await post(`/clients/${test.acme.otherClient}/contacts`, { name: 'Zoé' });
    expect((await api('POST', page(), { channel: 'mail', contacts: [stranger.id] })).status).to.equal(404);

    const { 'client-reader': token } = test.acme.tokens;
    expect((await api('POST', page(), { channel: 'mail', contacts: [anne] }, token)).status).to.equal(403);
    expect((await reader.send(`/distributions/${copy.id}/receipt`, {})).status).to.equal(403);
  });
});
