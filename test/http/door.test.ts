import { expect } from 'chai';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';

describe('the door', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const send = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(test.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, ...headers },
      body: new URLSearchParams(fields),
    });
  const signIn = async (email: string, password = PASSWORD, next = '/') => {
    const answer = await send('/sign-in', { email, password, next });
    const cookie =
      answer.headers
        .getSetCookie()
        .find((one) => one.startsWith('reprise_session='))
        ?.split(';')[0] ?? '';
    return { answer, cookie };
  };
  const visit = (path: string, cookie: string) =>
    fetch(test.url + path, { redirect: 'manual', headers: { cookie } });

  it('lets a person in, shows what is theirs, and lets them out again', async () => {
    const { answer, cookie } = await signIn(test.acme.emails.consultant);
    expect(answer.status).to.equal(303);
    expect(answer.headers.get('location')).to.equal('/');
    expect(answer.headers.getSetCookie().join())
      .to.match(/HttpOnly/i)
      .and.match(/SameSite=Lax/i);
    const home = await visit('/', cookie);
    expect(home.status).to.equal(200);
    expect(await home.text())
      .to.include('Atelier Delorme')
      .and.include('consultant of Acme');

    const out = await send('/sign-out', {}, { cookie });
    expect(out.headers.get('location')).to.equal('/sign-in');
    expect((await visit('/', cookie)).headers.get('location')).to.match(/^\/sign-in\?next=/);
  });

  it('says the same of a wrong password as of an unknown person, and keeps what was typed', async () => {
    const wrong = await signIn(test.acme.emails.owner, 'not the password');
    const unknown = await signIn('nobody@nowhere.example', 'not the password');
    expect([wrong.answer.status, unknown.answer.status]).to.deep.equal([401, 401]);
    const [left, right] = [await wrong.answer.text(), await unknown.answer.text()];
    expect(left.replaceAll(test.acme.emails.owner, '@')).to.equal(
      right.replaceAll('nobody@nowhere.example', '@'),
    );
    expect(left).to.include(test.acme.emails.owner).and.not.include('not the password');
  });

  it('stops guessing after ten tries, also with the right password', async () => {
    const { auditor } = test.acme.emails;
    for (let tries = 0; tries < 10; tries++) await signIn(auditor, `guess ${tries}`);
    const { answer } = await signIn(auditor);
    expect(answer.status).to.equal(429);
    expect(answer.headers.get('retry-after')).to.equal('900');
  });

  it('takes nobody to another site', async () => {
    for (const next of ['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const { answer } = await signIn(test.acme.emails.technician, PASSWORD, next);
      expect(answer.headers.get('location'), next).to.equal('/');
    }
  });

  it('refuses a change that another site sends in a person’s name', async () => {
    const { cookie } = await signIn(test.acme.emails.consultant);
    const path = `/clients/${test.acme.client}/assets`;
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
    ]) {
      const answer = await send(path, { name: 'X', kind: 'server' }, { cookie, ...headers });
      expect(answer.status, JSON.stringify(headers)).to.equal(403);
    }
    expect(
      (await send(path, { name: 'X', kind: 'server' }, { cookie, 'sec-fetch-site': 'same-origin' })).status,
    ).to.equal(303);
  });

  it('speaks the language that was chosen', async () => {
    const french = await fetch(`${test.url}/sign-in`, { headers: { 'accept-language': 'fr-FR,fr;q=0.9' } });
    expect(await french.text()).to.include('lang="fr"');
    const dutch = await fetch(`${test.url}/sign-in`, { headers: { 'accept-language': 'nl-BE' } });
    expect(await dutch.text())
      .to.include('lang="nl"')
      .and.include('Wachtwoord');
    const chosen = await send('/locale', { locale: 'en', back: '/sign-in' }, { 'accept-language': 'fr' });
    const cookie = chosen.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const english = await fetch(`${test.url}/sign-in`, { headers: { cookie, 'accept-language': 'fr' } });
    expect(await english.text()).to.include('lang="en"');
  });

  it('forgets a token that was revoked, and never knew one that was made up', async () => {
    const { owner } = test.acme.tokens;
    const made = await test.api(owner, 'POST', '/api/v1/api-tokens', {
      name: 'n',
      role: 'technician',
      scopes: ['read'],
    });
    const ask = async () => (await test.api(made.body.token, 'GET', '/api/v1/clients')).status;
    expect(await ask()).to.equal(200);
    expect((await test.api(owner, 'DELETE', `/api/v1/api-tokens/${made.body.id}`)).status).to.equal(204);
    expect(await ask()).to.equal(401);
    expect((await test.api('x'.repeat(43), 'GET', '/api/v1/clients')).status).to.equal(401);
    const { items } = (await test.api(owner, 'GET', '/api/v1/audit-events?action=access.denied&actor=n'))
      .body;
    expect(items, 'who goes on using it is on record').to.have.length(1);
    expect(items[0].object).to.deep.equal({ kind: 'address', id: '/api/v1/clients' });
  });

  it('gives a token no more than its scopes', async () => {
    const { body } = await test.api(test.acme.tokens.owner, 'POST', '/api/v1/api-tokens', {
      name: 'r',
      role: 'owner',
      scopes: ['read'],
    });
    expect((await test.api(body.token, 'GET', `/api/v1/clients/${test.acme.client}`)).status).to.equal(200);
    expect(
      (
        await test.api(body.token, 'POST', `/api/v1/clients/${test.acme.client}/assets`, {
          name: 'X',
          kind: 'server',
        })
      ).status,
    ).to.equal(403);
  });

  it('sends headers that close what browsers leave open', async () => {
    const { headers } = await fetch(`${test.url}/sign-in`);
    expect(headers.get('content-security-policy'))
      .to.include("default-src 'self'")
      .and.include("frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).to.equal('nosniff');
    expect(headers.get('x-powered-by')).to.equal(null);
  });
});
