import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { startForger } from '../support/openid-forger.ts';
import { OIDC_CLIENT, type OpenidProvider, startOpenidProvider } from '../support/openid-provider.ts';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const PUBLIC = 'http://reprise.example';
const BACK = `${PUBLIC}/sign-in/organisation/back`;
const SET = '/api/v1/single-sign-on';

describe('single sign-on', () => {
  let test: TestService;
  let there: OpenidProvider;
  let settings: Record<string, unknown>;
  before(async () => {
    there = await startOpenidProvider(BACK);
    test = await startTestService({ env: { PUBLIC_URL: PUBLIC } });
    settings = {
      name: 'Compte Acme',
      issuer: there.issuer,
      oidcClient: OIDC_CLIENT,
      secret: there.secret,
      domains: ['sso.example'],
      groupClaim: 'groups',
      groups: [
        { group: 'Admins', role: 'owner', clients: 'all' },
        { group: 'Consultants', role: 'consultant', clients: 'all' },
        { group: 'Delorme', role: 'client-reader', clients: [test.acme.client] },
      ],
      takesStrangers: true,
      trustsFactor: true,
      isOnlyWay: false,
    };
    expect((await put(settings)).status).to.equal(200);
  });
  /** All of them come from one address. */
  beforeEach(async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query('delete from throttles');
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await there[Symbol.asyncDispose]();
  });

  const put = (body: object, token = test.acme.tokens.owner) => test.api(token, 'PUT', SET, body);
  const change = async (given: object) => {
    const { secret: _, ...known } = settings;
    const { status, body } = await put({ ...known, ...given });
    expect(status, JSON.stringify(body)).to.equal(200);
  };
  const cookieOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ');
  const begin = async (email: string, extra: Record<string, string> = {}) => {
    const answer = await fetch(`${test.url}/sign-in/organisation`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, 'accept-language': 'en' },
      body: new URLSearchParams({ email, next: '/alerts', ...extra }),
    });
    const html = await answer.text();
    const [, address = ''] = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(html) ?? [];
    return {
      html,
      status: answer.status,
      address: address.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
      cookie: cookieOf(answer),
    };
  };
  const comeBack = async (back: URL, cookie: string) => {
    const answer = await fetch(test.url + back.pathname + back.search, {
      redirect: 'manual',
      headers: { cookie, 'accept-language': 'en' },
    });
    return {
      status: answer.status,
      html: await answer.text(),
      to: answer.headers.get('location'),
      cookie: cookieOf(answer),
    };
  };
  /** Signs in as a subject whose account there says this. */
  const signIn = async (subject: string, account: object, methods?: string[]) => {
    const known = {
      email: `${subject}@sso.example`,
      email_verified: true,
      name: `Jean ${subject}`,
      groups: [],
    };
    there.accounts.set(subject, { ...known, ...account });
    there.sits = { subject, ...(methods && { methods }) };
    const begun = await begin(`${subject}@sso.example`);
    expect(begun.status, begun.html).to.equal(200);
    return comeBack(await there.follow(begun.address), begun.cookie);
  };
  const open = (cookie: string, path = '/') =>
    fetch(test.url + path, { redirect: 'manual', headers: { cookie, 'accept-language': 'en' } });
  /** Details of what was done last, the newest first. */
  const trail = async (action: string): Promise<Record<string, unknown>[]> => {
    await using session = await openSession(test.superuserUrl);
    const rows = await session.query(
      `select content from audit_events where action = '${action}' order by at desc, seq desc limit 100`,
    );
    return rows.map(({ content }) => JSON.parse(String(content)).details);
  };

  it('takes on whoever is in a mapped group, with the role of the group, and goes on to where they were going', async () => {
    const back = await signIn('jean', { groups: ['Everybody', 'Consultants'] });
    expect([back.status, back.to]).to.deep.equal([303, '/alerts']);
    expect((await open(back.cookie, '/alerts')).status).to.equal(200);
    const { body } = await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members');
    expect(body.items.find(({ email }: { email: string }) => email === 'jean@sso.example')).to.include({
      name: 'Jean jean',
      role: 'consultant',
    });
    expect((await trail('member.added'))[0]).to.include({ by: 'single-sign-on' });
    expect((await trail('session.opened')).length).to.be.greaterThan(0);
  });

  it('follows the group at each sign-in: another role ends every session, and out of all groups nobody comes in', async () => {
    const first = await signIn('marie', { groups: ['Consultants'] });
    expect((await open(first.cookie)).status).to.equal(200);
    const second = await signIn('marie', { groups: ['Delorme'] });
    expect((await open(first.cookie)).status, 'the former session').to.equal(303);
    expect((await open(second.cookie, '/people')).status, 'a client’s reader').to.equal(403);
    expect((await open(second.cookie, `/clients/${test.acme.client}`)).status).to.equal(200);
    expect((await open(second.cookie, `/clients/${test.acme.otherClient}`)).status).to.equal(404);
    const out = await signIn('marie', { groups: ['Everybody'] });
    expect(out.status).to.equal(401);
    expect(out.html).to.include('none of the groups');
    expect((await open(second.cookie)).status).to.equal(303);
    expect((await trail('member.role-changed'))[0]!.after).to.include({ role: 'client-reader' });
  });

  it('refuses what is not verified, of another domain, of another subject, or of somebody of another provider', async () => {
    const refused = async (subject: string, account: object) => (await signIn(subject, account)).html;
    expect(await refused('ann', { groups: ['Consultants'], email_verified: false })).to.include(
      'was verified',
    );
    expect(await refused('bob', { groups: ['Consultants'], email: 'bob@evil.example' })).to.include(
      'other domains',
    );
    expect(await refused('cat', { groups: ['Consultants'], email: undefined })).to.include('no mail address');
    await signIn('dan', { groups: ['Consultants'] });
    expect(await refused('dan2', { groups: ['Consultants'], email: 'dan@sso.example' })).to.include(
      'another account',
    );
    await change({ domains: ['sso.example', 'other.example'] });
    const charlie = await refused('charlie', { groups: ['Admins'], email: test.other.emails.owner });
    expect(charlie).to.include('at another provider');
    await change({});
    const reasons = (await trail('session.refused')).map(({ reason }) => reason);
    expect(reasons).to.include.members([
      'unverified-email',
      'foreign-domain',
      'no-email',
      'other-subject',
      'elsewhere-too',
    ]);
  });

  it('takes an answer once, in the browser that asked, with its own state and code', async () => {
    there.sits = { subject: 'jean' };
    const begun = await begin('jean@sso.example');
    const back = await there.follow(begun.address);
    expect((await comeBack(back, '')).html, 'another browser').to.include('another browser');
    expect((await comeBack(back, begun.cookie)).status).to.equal(303);
    expect((await comeBack(back, begun.cookie)).html, 'once').to.include('Begin again');

    const other = await begin('jean@sso.example');
    expect((await comeBack(back, other.cookie)).html, 'the answer to another question').to.include(
      'can be trusted',
    );
    const forged = await begin('jean@sso.example');
    const stolen = new URL(await there.follow(forged.address));
    stolen.searchParams.set('iss', 'https://evil.example');
    expect((await comeBack(stolen, forged.cookie)).html, 'another issuer').to.include('can be trusted');
    const guessed = await begin('jean@sso.example');
    const guess = new URL(await there.follow(guessed.address));
    guess.searchParams.set('code', randomUUID());
    expect((await comeBack(guess, guessed.cookie)).html, 'a code that was guessed').to.include(
      'can be trusted',
    );
  });

  it('lets nobody in who was not invited, where strangers are not taken on', async () => {
    await change({ takesStrangers: false });
    expect((await signIn('eve', { groups: ['Admins'] })).html).to.include('no access here yet');
    await change({});
  });

  it('counts a second factor asked for there, where that is said; the last owner stays one', async () => {
    const owners = async () =>
      (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members')).body.items.filter(
        ({ role }: { role: string }) => role === 'owner',
      );
    const before = await owners();
    expect((await signIn('lea', { groups: ['Admins'] }, ['pwd', 'otp'])).status).to.equal(303);
    expect((await owners()).length).to.equal(before.length + 1);
    expect((await trail('session.opened'))[0]).to.deep.equal({ hasSecondFactor: true });
    await signIn('lea', { groups: ['Consultants'] }, ['pwd']);
    expect((await owners()).length).to.equal(before.length);
    expect((await trail('session.opened'))[0]).to.deep.equal({ hasSecondFactor: false });
  });

  it('leaves the last owner what they are, and says so in the trail', async () => {
    await change({ domains: ['sso.example', 'acme.example'] });
    const back = await signIn('alice', { groups: ['Consultants'], email: test.acme.emails.owner });
    expect((await open(back.cookie, '/people')).status).to.equal(200);
    expect(await trail('member.last-owner-kept')).to.deep.equal([{ group: 'consultant' }]);
    await change({});
  });

  it('believes no token that another key signed, for somebody else, of another question, or that is over', async () => {
    await using forger = await startForger();
    await change({ issuer: forger.issuer, secret: there.secret });
    const now = Math.floor(Date.now() / 1000);
    const answer = async (given: object, how = {}) => {
      const begun = await begin('zoe@sso.example');
      const asked = new URL(begun.address).searchParams;
      forger.say(
        {
          ...{ iss: forger.issuer, aud: OIDC_CLIENT, sub: 'zoe', iat: now, exp: now + 60 },
          ...{
            nonce: asked.get('nonce'),
            email: 'zoe@sso.example',
            email_verified: true,
            groups: ['Delorme'],
          },
          ...given,
        },
        how,
      );
      const back = await comeBack(
        new URL(`${BACK}?code=x&state=${asked.get('state')}&iss=${encodeURIComponent(forger.issuer)}`),
        begun.cookie,
      );
      return back.status === 401 && back.html.includes('can be trusted') ? 'refused' : back.status;
    };
    expect(await answer({}, { isForeignKey: true })).to.equal('refused');
    expect(await answer({ aud: 'another' })).to.equal('refused');
    expect(await answer({ iss: 'https://evil.example' })).to.equal('refused');
    expect(await answer({ nonce: 'another' })).to.equal('refused');
    expect(await answer({ exp: now - 3600, iat: now - 7200 })).to.equal('refused');
    expect(await answer({ sub: undefined })).to.equal('refused');
    expect(await answer({}), 'as it should be').to.equal(303);
    await change({ secret: there.secret });
  });

  it('can be the only way, except for owners; who confirms who they are is asked there anew', async () => {
    await change({ domains: ['sso.example', 'acme.example'], isOnlyWay: true });
    const by = (email: string) =>
      fetch(`${test.url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: test.url, 'accept-language': 'en' },
        body: new URLSearchParams({ email, password: PASSWORD }),
      });
    const technician = await by(test.acme.emails.technician);
    expect([technician.status, await technician.text()].join())
      .to.include('401')
      .and.include('with your organisation');
    expect((await by(test.acme.emails.owner)).status).to.equal(303);
    await change({});
    const again = await begin('jean@sso.example', { again: '1' });
    expect(new URL(again.address).searchParams.get('prompt')).to.equal('login');
    there.sits = { subject: 'jean' };
    expect((await comeBack(await there.follow(again.address), again.cookie)).status).to.equal(303);
  });

  it('is set by owners, keeps its secret, and is of one provider for each domain', async () => {
    expect((await put(settings, test.acme.tokens.consultant)).status).to.equal(403);
    const taken = await put({ ...settings, groups: [], groupClaim: null }, test.other.tokens.owner);
    expect([taken.status, taken.body.key]).to.deep.equal([409, 'single-sign-on.domain-taken']);
    const other = await put({ ...settings, issuer: 'https://elsewhere.example', secret: null });
    expect([other.status, other.body.key]).to.deep.equal([422, 'single-sign-on.secret-of-another']);
    const owner = await visit(test, test.acme.emails.owner, 'en');
    const page = await owner.read('/people/single-sign-on');
    expect(page).to.include(BACK).and.include('client-reader : Atelier Delorme');
    expect(page).to.not.include(there.secret);
    expect(JSON.stringify(await trail('single-sign-on.changed'))).to.not.include(there.secret);
    expect((await test.api(test.acme.tokens.owner, 'GET', SET)).body).to.not.have.property('secret');
    const tried = await test.api(test.acme.tokens.owner, 'POST', `${SET}/tries`);
    expect(tried.body).to.deep.include({ isReached: true, gaps: [] });
    const line = await owner.send('/people/single-sign-on', {
      ...{ name: 'X', issuer: there.issuer, oidcClient: 'x', domains: 'sso.example', groupClaim: 'groups' },
      groups: 'Admins = chief',
    });
    expect([line.status, await line.text()].join())
      .to.include('422')
      .and.include('ne se lit pas');
  });

  it('says what to do where nobody speaks for an address, or the OpenID provider is away', async () => {
    expect((await begin('x@nowhere.example')).html).to.include('No organisation here speaks');
    await change({ issuer: 'http://127.0.0.1:1', secret: there.secret });
    const away = await begin('jean@sso.example');
    expect([away.status, away.html].join()).to.include('409').and.include('cannot be reached');
    const { body } = await test.api(test.acme.tokens.owner, 'POST', `${SET}/tries`);
    expect(body).to.deep.equal({ isReached: false, gaps: ['unreachable'], authorization: null });
    expect((await test.api(test.acme.tokens.owner, 'DELETE', SET)).status).to.equal(204);
    expect((await begin('jean@sso.example')).html).to.include('No organisation here speaks');
  });
});
