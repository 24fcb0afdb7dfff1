import { expect } from 'chai';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';

const NEW_PASSWORD = 'brume tonneau sixième agrafe';

describe('one’s own account', () => {
  let test: TestService;
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const send = (path: string, fields: Record<string, string>, cookie = '') =>
    fetch(test.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, cookie, 'accept-language': 'en' },
      body: new URLSearchParams(fields),
    });
  const cookieOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .find((one) => one.startsWith('reprise_session='))
      ?.split(';')[0] ?? '';
  const signIn = async (email: string, password = PASSWORD, former = '') =>
    cookieOf(await send('/sign-in', { email, password, next: '/' }, former));
  const read = async (cookie: string, path = '/account') => {
    const answer = await fetch(test.url + path, {
      redirect: 'manual',
      headers: { cookie: `${cookie}; reprise_locale=en` },
    });
    return { status: answer.status, html: await answer.text() };
  };
  const isIn = async (cookie: string) => (await read(cookie)).status === 200;
  const change = (cookie: string, current: string, password: string, again = password) =>
    send('/account/password', { current, password, again }, `${cookie}; reprise_locale=en`);
  const actions = async () =>
    (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/audit-events')).body.items.map(
      ({ action }: { action: string }) => action,
    );
  const endings = (html: string) =>
    [...html.matchAll(/action="(\/account\/sessions\/[0-9a-f]+\/end)"/g)].map(([, path = '']) => path);

  it('takes a new password, renews the session and ends all others', async () => {
    const email = test.acme.emails.consultant;
    const [mine, elsewhere] = [await signIn(email), await signIn(email)];
    const answer = await change(mine, PASSWORD, NEW_PASSWORD);
    expect(answer.headers.get('location')).to.equal('/account?done=password');
    const renewed = cookieOf(answer);
    expect(renewed).to.not.equal(mine);
    expect([await isIn(renewed), await isIn(mine), await isIn(elsewhere)]).to.deep.equal([
      true,
      false,
      false,
    ]);
    expect(await signIn(email)).to.equal('');
    expect(await signIn(email, NEW_PASSWORD)).to.not.equal('');
    expect(await actions()).to.include('password.changed');
  });

  it('refuses with a sentence beside its field, and keeps the old password', async () => {
    const email = test.acme.emails.technician;
    const cookie = await signIn(email);
    const wrong: [Response, string, RegExp][] = [
      [await change(cookie, 'not the password', NEW_PASSWORD), 'current', /not your current password/],
      [await change(cookie, PASSWORD, 'Kz4!x'), 'password', /at least 12 characters/],
      [await change(cookie, PASSWORD, 'Motdepasse2024!'), 'password', /soon guessed/],
      [await change(cookie, PASSWORD, 'Technician-of-Acme1'), 'password', /soon guessed/],
      [await change(cookie, PASSWORD, PASSWORD), 'password', /your password already/],
      [await change(cookie, PASSWORD, NEW_PASSWORD, 'another'), 'again', /not typed the same twice/],
    ];
    for (const [answer, field, sentence] of wrong) {
      const html = await answer.text();
      expect(answer.status, html).to.equal(422);
      expect(html)
        .to.match(sentence)
        .and.match(new RegExp(`id="account-${field}"[^>]*aria-invalid`));
      expect(html).to.not.include(PASSWORD).and.not.include('Motdepasse2024');
    }
    expect(await isIn(cookie)).to.equal(true);
    expect(await signIn(email)).to.not.equal('');
  });

  it('lets nobody guess the password at an open browser', async () => {
    const cookie = await signIn(test.acme.emails['client-reader']);
    for (let tries = 0; tries < 10; tries++) await change(cookie, `guess ${tries}`, NEW_PASSWORD);
    const answer = await change(cookie, PASSWORD, NEW_PASSWORD);
    expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([429, '900']);
  });

  it('shows where one is signed in, and ends one session or all others', async () => {
    const email = test.acme.emails['client-approver'];
    const [mine, second, third] = [await signIn(email), await signIn(email), await signIn(email)];
    const { html } = await read(mine);
    expect(endings(html)).to.have.lengthOf(2);
    expect(html.match(/this session/g)).to.have.lengthOf(1);
    expect((await send(endings(html)[0] ?? '', {}, mine)).headers.get('location')).to.equal(
      '/account?done=session',
    );
    expect([await isIn(mine), [await isIn(second), await isIn(third)].filter(Boolean).length]).to.deep.equal([
      true,
      1,
    ]);
    await send('/account/sessions/others/end', {}, mine);
    expect([await isIn(mine), await isIn(second), await isIn(third)]).to.deep.equal([true, false, false]);
    expect(await actions()).to.include.members(['session.ended', 'session.others-ended']);
  });

  it('ends nobody else’s session', async () => {
    const victim = await signIn(test.acme.emails.owner);
    const beside = await signIn(test.acme.emails.owner);
    const [ending = ''] = endings((await read(beside)).html);
    for (const email of [test.acme.emails.auditor, test.other.emails.owner]) {
      const stranger = await signIn(email);
      expect((await send(ending, {}, stranger)).status).to.equal(404);
      await send('/account/sessions/others/end', {}, stranger);
    }
    expect(await isIn(victim)).to.equal(true);
    expect((await send(ending, {}, beside)).status).to.equal(303);
    expect(await isIn(victim)).to.equal(false);
  });

  it('gives a browser that signs in again another session, and ends the one before', async () => {
    const email = test.other.emails.consultant;
    const first = await signIn(email);
    const second = await signIn(email, PASSWORD, first);
    expect([await isIn(first), await isIn(second)]).to.deep.equal([false, true]);
  });

  it('says in which language mails come, and pages until another is chosen', async () => {
    const cookie = await signIn(test.acme.emails.technician);
    expect((await send('/account/language', { locale: 'xx' }, cookie)).status).to.equal(422);
    expect((await send('/account/language', { locale: 'nl' }, cookie)).status).to.equal(303);
    const page = await fetch(`${test.url}/account`, { headers: { cookie, 'accept-language': 'en' } });
    expect(await page.text())
      .to.include('<html lang="nl">')
      .and.include('<option value="nl" selected>Nederlands');
    expect(await actions()).to.include('language.changed');
  });

  it('is no matter of a token', async () => {
    const answer = await test.api(test.acme.tokens.owner, 'GET', '/account');
    expect(answer.status).to.equal(409);
  });

  it('lets nobody in with a password that is soon guessed', async () => {
    const add = (password: string) =>
      test.api(test.acme.tokens.owner, 'POST', '/api/v1/members', {
        email: 'claire.desrosiers@acme.example',
        name: 'Claire Desrosiers',
        role: 'technician',
        clients: 'all',
        password,
      });
    for (const [password, key] of [
      ['Desrosiers-Claire-1', 'password.guessable'],
      ['Bienvenue2026!!', 'password.guessable'],
      ['short', 'password.too-short'],
      ['x'.repeat(201), 'password.too-long'],
    ] as const) {
      const { status, body } = await add(password);
      expect([status, body.key, body.errors[0]?.field], password).to.deep.equal([422, key, 'password']);
    }
    expect((await add(NEW_PASSWORD)).status).to.equal(201);
  });
});
