import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import puppeteer, { type Page } from 'puppeteer-core';
import { findChromium } from '#/server/pdf/chromium.ts';
import { codeAt } from '#/server/totp.ts';
import { type MailRelay, startMailRelay } from '../support/mail-relay.ts';
import { PASSWORD, startTestService, type TestService, until } from '../support/service.ts';

const MINUTE_MS = 60_000;

describe('a second factor', () => {
  let test: TestService;
  let relay: MailRelay;
  let now = new Date();
  before(async () => {
    relay = await startMailRelay();
    test = await startTestService({
      worker: true,
      clock: () => now,
      env: { MAIL_RELAY: relay.url, MAIL_TLS: 'none' },
    });
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  });
  const later = (ms: number) => {
    now = new Date(now.getTime() + ms);
  };

  /** A browser without scripts: it keeps cookies. */
  const openBrowser = () => {
    const cookies = new Map([['reprise_locale', 'en']]);
    const ask = async (path: string, fields?: Record<string, string>) => {
      const answer = await fetch(test.url + path, {
        redirect: 'manual',
        headers: {
          origin: test.url,
          referer: `${test.url}/account`,
          cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        },
        ...(fields ? { method: 'POST', body: new URLSearchParams(fields) } : {}),
      });
      for (const cookie of answer.headers.getSetCookie()) {
        const [name = '', value = ''] = cookie.split(';')[0]!.split('=');
        if (value === '') cookies.delete(name);
        else cookies.set(name, value);
      }
      return { status: answer.status, to: answer.headers.get('location'), html: await answer.text() };
    };
    const signIn = (email: string) => ask('/sign-in', { email, password: PASSWORD, next: '/audit' });
    const isIn = async () => (await ask('/account')).status === 200;
    return { ask, signIn, isIn, cookies };
  };
  type Browser = ReturnType<typeof openBrowser>;

  const secretIn = (html: string) => /<code>([A-Z2-7 ]+)<\/code>/.exec(html)?.[1]?.replaceAll(' ', '') ?? '';
  const codeOf = (secret: string, stepsAway = 0) =>
    codeAt(secret, Math.floor(now.getTime() / 30_000) + stepsAway);
  /** Switches codes on for somebody, and answers the secret. */
  const setUpCodes = async (browser: Browser, email: string) => {
    await browser.signIn(email);
    const secret = secretIn((await browser.ask('/account/totp')).html);
    expect((await browser.ask('/account/totp', { code: codeOf(secret) })).to).to.equal('/account?done=totp');
    later(MINUTE_MS);
    return secret;
  };
  const idOf = async (email: string) => {
    const { items } = (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members')).body;
    return items.find((one: { email: string }) => one.email === email).id as string;
  };
  const actions = async () =>
    (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/audit-events')).body.items.map(
      ({ action }: { action: string }) => action,
    );

  it('by codes: is set up with the first code, and asked for after the password from then on', async () => {
    const email = test.acme.emails.consultant;
    const browser = openBrowser();
    await browser.signIn(email);
    const { html } = await browser.ask('/account/totp');
    const secret = secretIn(html);
    expect(html).to.include('<svg').and.include(`secret=${secret}`);
    expect(secretIn((await browser.ask('/account/totp')).html)).to.equal(secret);
    const wrong = await browser.ask('/account/totp', { code: codeOf(secret, 5) });
    expect([wrong.status, wrong.html].join()).to.match(/^422.*not the right one/s);
    expect((await openBrowser().signIn(email)).to, 'before the first code').to.equal('/audit');
    await browser.ask('/account/totp', { code: codeOf(secret) });
    expect(await browser.isIn()).to.equal(true);

    later(MINUTE_MS);
    const second = openBrowser();
    expect((await second.signIn(email)).to).to.equal('/sign-in/second');
    expect([await second.isIn(), second.cookies.has('reprise_session')]).to.deep.equal([false, false]);
    expect((await second.ask('/sign-in/second', { code: '000000' })).status).to.equal(422);
    const code = codeOf(secret);
    expect((await second.ask('/sign-in/second', { code })).to).to.equal('/audit');
    expect(await second.isIn()).to.equal(true);

    const third = openBrowser();
    await third.signIn(email);
    expect((await third.ask('/sign-in/second', { code })).status, 'the same code again').to.equal(422);
    later(30_000);
    expect((await third.ask('/sign-in/second', { code: codeOf(secret) })).to).to.equal('/audit');
    await until(actions, (all) => all.includes('session.refused'));
    expect(await actions()).to.include.members(['second-factor.added', 'session.opened']);
  });

  it('is guessed no more often than a password, and begun anew after ten minutes', async () => {
    const email = test.other.emails.technician;
    const secret = await setUpCodes(openBrowser(), email);
    const browser = openBrowser();
    await browser.signIn(email);
    for (let tries = 0; tries < 9; tries++) await browser.ask('/sign-in/second', { code: `00000${tries}` });
    expect((await browser.ask('/sign-in/second', { code: codeOf(secret) })).status).to.equal(429);
    later(16 * MINUTE_MS);
    expect((await browser.ask('/sign-in/second', { code: codeOf(secret) })).to).to.equal('/sign-in');
    expect((await browser.ask('/sign-in/second')).to).to.equal('/sign-in');
  });

  it('has ten recovery codes, each of which opens once', async () => {
    const email = test.acme.emails.technician;
    const browser = openBrowser();
    await browser.signIn(email);
    expect((await browser.ask('/account/recovery-codes', {})).status, 'without a factor').to.equal(409);
    await setUpCodes(browser, email);
    const make = async () =>
      [
        ...(await browser.ask('/account/recovery-codes', {})).html.matchAll(/<code>([a-z2-7-]+)<\/code>/g),
      ].map(([, code = '']) => code);
    const former = await make();
    const codes = await make();
    expect(new Set([...former, ...codes]).size).to.equal(20);
    const open = async (code: string) => {
      const other = openBrowser();
      await other.signIn(email);
      return (await other.ask('/sign-in/second', { code })).to;
    };
    expect(await open(former[0]!)).to.equal(null);
    expect(await open(codes[0]!.toUpperCase().replaceAll('-', ' '))).to.equal('/audit');
    expect(await open(codes[0]!)).to.equal(null);
    expect((await browser.ask('/account')).html).to.include('still good: 9');
  });

  it('is not touched from a browser that was left open: the password is asked once more', async () => {
    const email = test.acme.emails['client-approver'];
    const browser = openBrowser();
    await browser.signIn(email);
    later(11 * MINUTE_MS);
    const asked = await browser.ask('/account/totp');
    expect(asked.to).to.equal('/account/confirm?next=%2Faccount%2Ftotp');
    expect((await browser.ask('/account/recovery-codes', {})).to).to.equal(
      '/account/confirm?next=%2Faccount',
    );
    expect((await browser.ask('/account/passkeys/options', {})).status).to.equal(303);
    const wrong = await browser.ask('/account/confirm', { password: 'a guess', next: '/account/totp' });
    expect([wrong.status, wrong.html].join()).to.match(/^422.*not your current password/s);
    const former = browser.cookies.get('reprise_session');
    const right = await browser.ask('/account/confirm', { password: PASSWORD, next: '/account/totp' });
    expect(right.to).to.equal('/account/totp');
    expect(browser.cookies.get('reprise_session')).to.not.equal(former);
    expect((await browser.ask('/account/totp')).status).to.equal(200);
    expect(await actions()).to.include('session.confirmed');
  });

  it('is asked of the team by the provider, after days of grace, on pages and through the API alike', async () => {
    const { owner } = test.other.tokens;
    const rules = { staffNeedsFactor: true, graceDays: 3, idleMinutes: 720, sessionHours: 720 };
    const put = (token: string, body: object) => test.api(token, 'PUT', '/api/v1/sign-in-rules', body);
    expect((await put(test.other.tokens.consultant, rules)).status).to.equal(403);
    expect((await put(owner, { ...rules, idleMinutes: 1 })).status).to.equal(422);
    expect((await put(owner, rules)).body).to.deep.equal(rules);

    const consultant = openBrowser();
    await consultant.signIn(test.other.emails.consultant);
    expect((await consultant.ask('/')).status).to.equal(200);
    later(3 * 24 * 60 * MINUTE_MS);
    expect((await consultant.ask('/')).status, 'idle').to.equal(303);
    await consultant.signIn(test.other.emails.consultant);
    expect((await consultant.ask('/')).to).to.equal('/account#second-factor');
    const api = await consultant.ask('/api/v1/clients');
    expect([api.status, JSON.parse(api.html).key]).to.deep.equal([403, 'second-factor.needed']);
    const reader = openBrowser();
    await reader.signIn(test.other.emails['client-reader']);
    expect((await reader.ask('/')).status, 'not of the team').to.equal(200);

    await setUpCodes(consultant, test.other.emails.consultant);
    expect((await consultant.ask('/')).status).to.equal(200);
    expect((await test.api(owner, 'GET', '/api/v1/clients')).status, 'a token').to.equal(200);
  });

  it('ends sessions that were idle or open for longer than the provider lets them', async () => {
    const { owner } = test.acme.tokens;
    await test.api(owner, 'PUT', '/api/v1/sign-in-rules', {
      staffNeedsFactor: false,
      graceDays: 0,
      idleMinutes: 30,
      sessionHours: 1,
    });
    const browser = openBrowser();
    await browser.signIn(test.acme.emails.owner);
    later(29 * MINUTE_MS);
    expect(await browser.isIn()).to.equal(true);
    later(29 * MINUTE_MS);
    expect(await browser.isIn()).to.equal(true);
    later(3 * MINUTE_MS);
    expect(await browser.isIn(), 'after an hour').to.equal(false);
    await browser.signIn(test.acme.emails.owner);
    later(30 * MINUTE_MS);
    expect(await browser.isIn(), 'idle for half an hour').to.equal(false);

    const other = openBrowser();
    await other.signIn(test.acme.emails.owner);
    const { html } = await other.ask('/people');
    const version = /name="version" value="([^"]+)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
    const fields = { graceDays: '14', idleMinutes: '720', sessionHours: '168', version };
    expect((await other.ask('/people/rules', fields)).to).to.equal('/people?done=rules');
    expect((await other.ask('/people/rules', { ...fields, graceDays: '1' })).status, 'stale').to.equal(409);
  });

  it('is taken from whoever lost it by an owner, who tells them by mail; not by others, nor from oneself', async () => {
    const email = test.acme.emails['client-reader'];
    const lost = openBrowser();
    await setUpCodes(lost, email);
    const id = await idOf(email);
    const path = `/api/v1/members/${id}/second-factors`;
    expect((await test.api(test.acme.tokens.consultant, 'DELETE', path)).status).to.equal(403);
    expect((await test.api(test.other.tokens.owner, 'DELETE', path)).status).to.equal(404);
    const owner = openBrowser();
    await owner.signIn(test.acme.emails.owner);
    const own = await idOf(test.acme.emails.owner);
    expect((await owner.ask(`/people/${own}/second-factors/reset`, {})).status).to.equal(409);

    expect((await owner.ask('/people')).html).to.include(`/people/${id}/second-factors/reset`);
    expect((await owner.ask(`/people/${id}/second-factors/reset`, {})).to).to.equal('/people?done=factors');
    expect(await lost.isIn()).to.equal(false);
    expect((await openBrowser().signIn(email)).to).to.equal('/audit');
    const [mail] = await until(
      async () => relay.received.filter(({ to }) => to.includes(email)),
      ({ length }) => length > 0,
    );
    expect(mail?.subject).to.equal('Vos moyens de connexion ont été réinitialisés');
    expect(await actions()).to.include('second-factor.reset');
  });

  it('is taken from the only owner by the command line', async () => {
    const email = test.other.emails.owner;
    const browser = openBrowser();
    await setUpCodes(browser, email);
    // Beside the service, which goes on answering: a connection that it could not keep would be reset.
    const reprise = async (address: string) => {
      const child = spawn(
        process.execPath,
        ['server/reprise.mjs', 'people', 'reset-second-factor', address],
        {
          env: { PATH: process.env.PATH, DATA_DIR: test.dataDir, DATABASE_URL: test.serviceUrl },
        },
      );
      const [stdout, stderr, [status]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { status, stdout, stderr };
    };
    const { status, stdout, stderr } = await reprise(email);
    expect([status, stdout], stderr).to.deep.equal([0, `${email} signs in with the password alone now.\n`]);
    expect((await openBrowser().signIn(email)).to).to.equal('/audit');
    expect([await browser.isIn(), (await reprise('nobody@nowhere.example')).status]).to.deep.equal([
      false,
      2,
    ]);
  });

  it('can be a passkey, made and used in a real browser, which is then all that signing in takes', async () => {
    const email = test.acme.emails.owner;
    const { path, environment, sandbox } = await findChromium({
      chromiumPath: null,
      cacheDir: resolve('node_modules/.cache/reprise'),
    });
    await using stack = new AsyncDisposableStack();
    const chromium = await puppeteer.launch({
      executablePath: path,
      headless: 'shell',
      pipe: true,
      args: sandbox ? ['--disable-gpu'] : ['--disable-gpu', '--no-sandbox'],
      env: { ...process.env, ...environment },
    });
    stack.defer(() => chromium.close());
    const page = await chromium.newPage();
    const devtools = await page.createCDPSession();
    await devtools.send('WebAuthn.enable');
    const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    // A passkey belongs to a name, and a bare address is none.
    const base = test.url.replace('127.0.0.1', 'localhost');
    const press = async (at: Page, selector: string) => {
      await Promise.all([at.waitForNavigation(), at.click(selector)]);
    };

    await page.goto(`${base}/sign-in`);
    await page.type('#email', email);
    await page.type('#password', PASSWORD);
    await press(page, 'form[action="/sign-in"] button');
    await page.goto(`${base}/account`);
    await page.type('#passkey-name', 'Portable');
    await press(page, 'form[data-passkey] button');
    expect(page.url()).to.include('/account?done=passkey');
    expect(await page.content()).to.include('Portable');
    expect((await openBrowser().signIn(email)).to, 'the password alone').to.equal('/sign-in/second');

    await devtools.send('Network.clearBrowserCookies');
    await page.goto(`${base}/sign-in?next=/people`);
    await press(page, 'form[data-passkey] button');
    expect(page.url()).to.equal(`${base}/people`);
    const [mark] = (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
    expect(mark?.rpId).to.equal('localhost');

    await devtools.send('Network.clearBrowserCookies');
    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await page.goto(`${base}/sign-in`);
    await page.click('form[data-passkey] button');
    await page.waitForFunction("document.querySelector('[data-passkey] [role=status]').textContent !== ''");
    expect(page.url(), 'a device that did not check its person').to.equal(`${base}/sign-in`);

    await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await page.goto(`${base}/sign-in?next=/account`);
    await press(page, 'form[data-passkey] button');
    await press(page, 'form[action$="/removal"] button');
    expect(page.url()).to.include('done=passkey-removed');
    await devtools.send('Network.clearBrowserCookies');
    await page.goto(`${base}/sign-in`);
    await press(page, 'form[data-passkey] button');
    expect(await page.content()).to.match(/pas reconnue|not known/);
    expect(await actions()).to.include('second-factor.removed');
  });
});
