import { expect } from 'chai';

import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { verifyChain } from '#/plans/audit.ts';
import { forgetInvitations } from '#/plans/personal-data/retention.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

describe('personal data', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const made = async (path: string, body: object) => {
    const { status, body: one } = await api('POST', path, body);
    expect(status, JSON.stringify(one)).to.be.within(200, 202);
    return one.id as string;
  };
  const rows = async (sql: string) => {
    await using session = await openSession(test.superuserUrl);
    return await session.query(sql);
  };
  const NUMBER = '+33 6 12 34 56 78';
  const aContact = async (name: string) =>
    made(inClient('/contacts'), {
      ...{ name, employer: 'Delorme', jobTitle: 'Directrice' },
      points: [{ kind: 'mobile', value: NUMBER, isOutOfBand: true, needsAsset: null }],
    });

  it('of a contact are handed out whole, and the trail says so', async () => {
    const id = await aContact('Anne Delorme');
    await made(inClient('/crisis-roles'), { name: 'Décideur', cell: 'decision', holders: [{ contact: id }] });
    await made(inClient('/contact-tests'), {
      ...{ contact: id, at: '2026-01-05T08:00:00Z', method: 'Appel', isReached: true, note: 'En congé' },
    });
    const { status, body } = await api('GET', `/contacts/${id}/personal-data`);
    expect(status).to.equal(200);
    expect(body.contact.points[0].value).to.equal(NUMBER);
    expect(body.uses).to.deep.equal([{ as: 'role-holder', name: 'Décideur' }]);
    expect(body.reachTests[0].note).to.equal('En congé');
    expect(body.trail.map(({ action }: { action: string }) => action)).to.include('contact.added');
    const owner = await visit(test, test.acme.emails.owner);
    const file = await owner.get(`/contacts/${id}/personal-data`);
    expect(file.headers.get('content-disposition')).to.include('personal-data.json');
    expect(await file.text()).to.include(NUMBER);
    const { body: again } = await api('GET', `/contacts/${id}/personal-data`);
    expect(again.trail.map(({ action }: { action: string }) => action)).to.include('personal-data.exported');
    expect(
      (await api('GET', `/contacts/${id}/personal-data`, undefined, test.other.tokens.owner)).status,
    ).to.equal(404);
    expect(
      (await api('GET', `/contacts/${id}/personal-data`, undefined, test.acme.tokens.technician)).status,
    ).to.equal(403);
  });

  it('of a contact are taken out of all that lives; what stood for them shows as missing, and the trail holds', async () => {
    const id = await aContact('Bruno Petit');
    const role = await made(inClient('/crisis-roles'), {
      ...{ name: 'Astreinte', cell: 'operations', holders: [{ contact: id }] },
    });
    await made(inClient('/contact-tests'), {
      ...{ contact: id, at: '2026-01-05T08:00:00Z', method: 'Appel', isReached: true, note: 'Chez sa mère' },
    });
    const erased = await api('POST', `/contacts/${id}/erasure`, { reason: 'Par courrier du 3 mai' });
    expect(erased.status, JSON.stringify(erased.body)).to.equal(200);
    const { body: contact } = await api('GET', `/contacts/${id}`);
    expect(contact).to.include({ name: `#${id.slice(0, 8)}`, employer: null, jobTitle: null });
    expect(contact.points).to.deep.equal([]);
    const { body: holding } = await api('GET', `/crisis-roles/${role}`);
    expect(holding.gaps.map(({ gap }: { gap: string }) => gap)).to.include.members(['nobody', 'holder-left']);
    for (const table of [
      'contacts',
      'contact_points',
      'contact_tests',
      'role_assignments',
      'alert_deliveries',
    ])
      expect(JSON.stringify(await rows(`select t::text as t from ${table} t`)), table)
        .to.not.include('Bruno')
        .and.not.include('Chez sa mère');
    const again = await api('POST', `/contacts/${id}/erasure`, { reason: 'Encore' });
    expect([again.status, again.body.key]).to.deep.equal([409, 'contact.erased-already']);
    const owner = await visit(test, test.acme.emails.owner);
    expect(await owner.read(`/contacts/${id}`)).to.include('ont été retirées');
    const [event] = await rows(`select content from audit_events where action = 'personal-data.erased'`);
    expect(String(event!.content)).to.include('Par courrier du 3 mai').and.not.include('Bruno');
    expect(await test.service.inProvider(test.acme.id, verifyChain)).to.include({ intact: true });
  });

  it('of oneself are handed out on the account page', async () => {
    const consultant = await visit(test, test.acme.emails.consultant);
    expect(await consultant.read('/account')).to.include('/account/personal-data');
    const file = JSON.parse(await consultant.read('/account/personal-data'));
    expect(file.person.email).to.equal(test.acme.emails.consultant);
    expect(file.access.role).to.equal('consultant');
    expect(file.sessions).to.have.length.greaterThan(0);
    expect(file.trail.map(({ action }: { action: string }) => action)).to.include('session.opened');
    expect(JSON.stringify(file)).to.not.include('argon2');
  });

  it('of somebody whose access ended are taken out, and their address is free again', async () => {
    const email = 'parti@acme.example';
    const joined = async () =>
      await api('POST', '/members', {
        email,
        name: 'Jean Parti',
        role: 'technician',
        clients: 'all',
        password: 'brume tonneau sixième agrafe',
      });
    const { body: member, status } = await joined();
    expect(status, JSON.stringify(member)).to.equal(201);
    const erase = () => api('POST', `/members/${member.id}/erasure`, { reason: 'Départ' });
    expect((await erase()).body.key).to.equal('member.not-ended');
    await api('DELETE', `/members/${member.id}`);
    const { body: former } = await api('GET', '/members/former');
    expect(former.items.map((one: { email: string }) => one.email)).to.include(email);
    expect((await erase()).status).to.equal(204);
    for (const table of ['people', 'person_passwords', 'memberships'])
      expect(JSON.stringify(await rows(`select t::text as t from ${table} t`)), table).to.not.include(
        'Parti',
      );
    expect(await rows(`select 1 from person_passwords where person_id = '${member.id}'`)).to.deep.equal([]);
    expect((await api('GET', '/members/former')).body.items).to.deep.equal([]);
    expect((await joined()).status, 'as somebody new').to.equal(201);
  });

  it('of invitations that are over are forgotten in their time', async () => {
    await rows(`insert into invitations (provider_id, email, name, locale, role, invited_by, created_at, expires_at)
      values ('${test.acme.id}', 'vieux@acme.example', 'Vieux', 'fr', 'technician', 'x', now() - interval '100 days', now() - interval '93 days'),
             ('${test.acme.id}', 'neuf@acme.example', 'Neuf', 'fr', 'technician', 'x', now() - interval '10 days', now() - interval '3 days')`);
    await test.service.inProvider(test.acme.id, forgetInvitations);
    const left = await rows(`select email from invitations`);
    expect(left.map(({ email }) => email)).to.deep.equal(['neuf@acme.example']);
  });
});
