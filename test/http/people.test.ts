import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

describe('people of a provider', () => {
  let test: TestService;
  let owner: Visitor;
  before(async () => {
    test = await startTestService();
    owner = await visit(test, test.acme.emails.owner, 'en');
  });
  after(() => test[Symbol.asyncDispose]());

  const members = async () =>
    (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members')).body.items as {
      id: string;
      email: string;
    }[];
  const idOf = async (email: string) => (await members()).find((one) => one.email === email)?.id ?? '';
  const isIn = async (visitor: Visitor) => (await visitor.read('/account')).includes('/account/password');
  const actions = async () =>
    (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/audit-events')).body.items.map(
      ({ action }: { action: string }) => action,
    );

  it('are listed for owners, with what each sees, and nobody of another provider', async () => {
    const html = await owner.read('/people');
    expect(html).to.include(test.acme.emails.auditor).and.not.include('other.example');
    expect(html).to.include(`action="/people/${await idOf(test.acme.emails.auditor)}/end"`);
    expect(html).to.not.include(`/people/${await idOf(test.acme.emails.owner)}/end`);
    const consultant = await visit(test, test.acme.emails.consultant, 'en');
    expect(await consultant.read('/people')).to.not.include(test.acme.emails.auditor);
    expect(await consultant.read('/')).to.not.include('href="/people"');
  });

  it('are signed out everywhere by an owner, and may sign in again', async () => {
    const email = test.acme.emails.technician;
    const technician = await visit(test, email);
    expect(await isIn(technician)).to.equal(true);
    const answer = await owner.send(`/people/${await idOf(email)}/sessions/end`, {});
    expect(answer.headers.get('location')).to.equal('/people?done=sessions');
    expect(await isIn(technician)).to.equal(false);
    expect(await isIn(await visit(test, email))).to.equal(true);
    expect(await actions()).to.include('member.sessions-ended');
  });

  it('lose their access at once, and cannot sign in again', async () => {
    const email = test.acme.emails['client-reader'];
    const [reader, id] = [await visit(test, email), await idOf(email)];
    expect((await owner.send(`/people/${id}/end`, {})).headers.get('location')).to.equal(
      '/people?done=ended',
    );
    expect(await isIn(reader)).to.equal(false);
    expect(await isIn(await visit(test, email))).to.equal(false);
    expect(await idOf(email)).to.equal('');
    expect((await owner.send(`/people/${id}/end`, {})).status).to.equal(404);
    expect(await actions()).to.include('member.ended');
  });

  it('always keep an owner, who does not end their own access', async () => {
    const id = await idOf(test.acme.emails.owner);
    const himself = await owner.send(`/people/${id}/end`, {});
    expect([himself.status, await himself.text()].join()).to.match(/^409.*propre accès/s);
    const byToken = await test.api(test.acme.tokens.owner, 'DELETE', `/api/v1/members/${id}`);
    expect([byToken.status, byToken.body.key]).to.deep.equal([409, 'member.last-owner']);
  });

  it('keep an owner also where two owners end each other at once', async () => {
    const { owner: token } = test.other.tokens;
    const second = await test.api(token, 'POST', '/api/v1/members', {
      email: 'second@other.example',
      name: 'Second',
      role: 'owner',
      clients: 'all',
      password: 'brume tonneau sixième agrafe',
    });
    const all = (await test.api(token, 'GET', '/api/v1/members')).body.items as {
      id: string;
      role: string;
    }[];
    const first = all.find(({ id, role }) => role === 'owner' && id !== second.body.id)?.id;
    const ends = await Promise.all(
      [first, second.body.id].map((id) => test.api(token, 'DELETE', `/api/v1/members/${id}`)),
    );
    expect(ends.map(({ status }) => status).sort()).to.deep.equal([204, 409]);
  });

  it('are no matter of others, nor of another provider', async () => {
    const id = await idOf(test.acme.emails.auditor);
    for (const path of [`/api/v1/members/${id}`, `/api/v1/members/${id}/sessions`]) {
      expect((await test.api(test.acme.tokens.consultant, 'DELETE', path)).status).to.equal(403);
      expect((await test.api(test.other.tokens.owner, 'DELETE', path)).status).to.equal(404);
    }
    expect(await idOf(test.acme.emails.auditor)).to.equal(id);
  });
});
