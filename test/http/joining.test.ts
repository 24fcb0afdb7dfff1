import { expect } from 'chai';
import { type MailRelay, startMailRelay } from '../support/mail-relay.ts';
import { PASSWORD, startTestService, type TestService, until } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';

const NEW_PASSWORD = 'brume tonneau sixième agrafe';

describe('coming in by mail', () => {
  let test: TestService;
  let relay: MailRelay;
  let owner: Visitor;
  let now = new Date();
  before(async () => {
    relay = await startMailRelay();
    test = await startTestService({
      worker: true,
      clock: () => now,
      env: { MAIL_RELAY: relay.url, MAIL_TLS: 'none', PUBLIC_URL: 'http://reprise.example' },
    });
    owner = await visit(test, test.acme.emails.owner, 'en');
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
    await relay[Symbol.asyncDispose]();
  });

  const send = (path: string, fields: Record<string, string>) =>
    fetch(test.url + path, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: test.url, 'accept-language': 'en' },
      body: new URLSearchParams(fields),
    });
  const read = async (path: string) => {
    const answer = await fetch(test.url + path, { headers: { 'accept-language': 'en' } });
    return { status: answer.status, html: await answer.text() };
  };
  const mailTo = async (email: string, count = 1) => {
    const mails = await until(
      async () => relay.received.filter(({ to }) => to.includes(email)),
      ({ length }) => length >= count,
    );
    return mails[count - 1]!;
  };
  const linkIn = ({ text }: { text: string }) =>
    /http:\/\/reprise\.example(\/(?:invitation|reset)\/[\w-]{43})/.exec(text)?.[1] ?? 'no link';
  const choose = (path: string, password = NEW_PASSWORD) => send(path, { password, again: password });
  const signsIn = async (email: string, password: string) =>
    (await send('/sign-in', { email, password, next: '/' })).status === 303;
  const invitation = (email: string, extra: object = {}) => ({
    email,
    name: 'Claire Desrosiers',
    role: 'technician',
    clients: 'all',
    ...extra,
  });
  const post = (body: object, token = test.acme.tokens.owner) =>
    test.api(token, 'POST', '/api/v1/invitations', body);
  const actions = async () =>
    (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/audit-events')).body.items.map(
      ({ action }: { action: string }) => action,
    );

  it('is by invitation: whoever follows the link chooses a password, once', async () => {
    const email = 'claire@acme.example';
    const sent = await owner.send('/people/invitations', {
      email: 'Claire@Acme.example',
      name: 'Claire Desrosiers',
      locale: 'fr',
      role: 'client-reader',
      clients: test.acme.client,
      until: '',
    });
    expect(sent.headers.get('location')).to.equal('/people?done=invited');
    const mail = await mailTo(email);
    expect([mail.subject, mail.text].join())
      .to.include('owner of Acme vous invite à rejoindre Acme')
      .and.include('sept jours');
    const link = linkIn(mail);
    expect(mail.html).to.include(link);

    expect((await read(link)).html)
      .to.include('invites you to join Acme')
      .and.include(email);
    expect((await choose(link, 'short')).status).to.equal(422);
    const differing = await send(link, { password: NEW_PASSWORD, again: PASSWORD });
    expect([differing.status, await differing.text()].join()).to.match(/^422.*not typed the same twice/s);
    expect((await choose(link)).headers.get('location')).to.equal('/sign-in?done=joined');
    expect([await signsIn(email, NEW_PASSWORD), await signsIn(email, PASSWORD)]).to.deep.equal([true, false]);

    expect([(await read(link)).status, (await choose(link, PASSWORD)).status]).to.deep.equal([404, 404]);
    expect(await signsIn(email, NEW_PASSWORD)).to.equal(true);
    expect(await owner.read('/people'))
      .to.include(email)
      .and.not.include('Open invitations');
    expect(await actions()).to.include.members(['invitation.sent', 'invitation.accepted']);
  });

  it('says nothing of whether an address is known elsewhere, and lets its person join without another password', async () => {
    const email = test.other.emails.technician;
    const { status, body } = await post(invitation(email));
    expect([status, Object.keys(body).sort()]).to.deep.equal([
      201,
      Object.keys((await post(invitation('nobody@acme.example'))).body).sort(),
    ]);
    const link = linkIn(await mailTo(email));
    const { html } = await read(link);
    expect(html).to.include('You have an account at this address already').and.not.include('type="password"');
    expect((await send(link, {})).headers.get('location')).to.equal('/sign-in?done=joined');
    expect(await signsIn(email, PASSWORD)).to.equal(true);
    const members = (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members')).body.items;
    expect(members.map((one: { email: string }) => one.email)).to.include(email);
  });

  it('is over after seven days, when withdrawn, and when another invitation follows', async () => {
    const email = 'late@acme.example';
    const { body } = await post(invitation(email));
    const first = linkIn(await mailTo(email));
    await post(invitation(email));
    const second = linkIn(await mailTo(email, 2));
    expect([(await read(first)).status, (await read(second)).status]).to.deep.equal([404, 200]);
    const gone = await test.api(test.acme.tokens.owner, 'DELETE', `/api/v1/invitations/${body.id}`);
    expect([gone.status, gone.body.key]).to.deep.equal([404, 'not-found.invitation']);

    const { items } = (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/invitations')).body;
    const { id } = items.find((one: { email: string }) => one.email === email);
    const former = now;
    now = new Date(now.getTime() + 7 * 86_400_000);
    expect([(await read(second)).status, (await choose(second)).status]).to.deep.equal([404, 404]);
    now = former;
    expect((await read(second)).status).to.equal(200);
    expect((await owner.send(`/people/invitations/${id}/withdrawal`, {})).status).to.equal(303);
    expect((await read(second)).status).to.equal(404);
    expect(await actions()).to.include('invitation.withdrawn');
  });

  it('is refused in words: who has access already, who needs a client, and who may not invite', async () => {
    for (const [body, key] of [
      [invitation(test.acme.emails.auditor), 'invitation.already-member'],
      [invitation('x@acme.example', { role: 'client-reader' }), 'member.needs-client'],
      [invitation('x@acme.example', { role: 'auditor' }), 'member.auditor-needs-end'],
      [invitation('x@acme.example', { clients: [test.other.client] }), 'not-found.client'],
    ] as const)
      expect((await post(body)).body.key).to.equal(key);
    const form = await owner.send('/people/invitations', {
      email: 'x@acme.example',
      name: 'Xavier',
      locale: 'fr',
      role: 'client-reader',
      clients: 'all',
      until: '',
    });
    expect([form.status, await form.text()].join()).to.match(/^422.*id="invite-clients"[^>]*aria-invalid/s);
    expect((await post(invitation('x@acme.example'), test.acme.tokens.consultant)).status).to.equal(403);
    expect((await test.api(test.acme.tokens.consultant, 'GET', '/api/v1/invitations')).status).to.equal(403);
    const { items } = (await test.api(test.other.tokens.owner, 'GET', '/api/v1/invitations')).body;
    expect(items).to.deep.equal([]);
  });

  it('brings back whoever lost their access', async () => {
    const email = test.acme.emails.technician;
    const members = (await test.api(test.acme.tokens.owner, 'GET', '/api/v1/members')).body.items;
    const { id } = members.find((one: { email: string }) => one.email === email);
    await test.api(test.acme.tokens.owner, 'DELETE', `/api/v1/members/${id}`);
    expect(await signsIn(email, PASSWORD)).to.equal(false);
    await post(invitation(email));
    await send(linkIn(await mailTo(email)), {});
    expect(await signsIn(email, PASSWORD)).to.equal(true);
  });

  it('is by a link for whoever forgot the password, which ends all sessions, works once and for an hour', async () => {
    const email = test.acme.emails.consultant;
    const inside = await visit(test, email, 'en');
    expect((await send('/forgotten', { email })).status).to.equal(200);
    const first = linkIn(await mailTo(email));
    await send('/forgotten', { email });
    const link = linkIn(await mailTo(email, 2));
    expect([(await read(first)).status, (await read(link)).status]).to.deep.equal([404, 200]);

    now = new Date(now.getTime() + 3_600_000);
    expect((await choose(link)).status).to.equal(404);
    now = new Date(now.getTime() - 1000);
    const about = await choose(link, 'Consultant-of-Acme1');
    expect([about.status, await about.text()].join()).to.match(/^422.*soon guessed/s);
    expect((await choose(link)).headers.get('location')).to.equal('/sign-in?done=password');
    expect(await inside.read('/account')).to.not.include('/account/password');
    expect([await signsIn(email, PASSWORD), await signsIn(email, NEW_PASSWORD)]).to.deep.equal([false, true]);
    expect((await choose(link, PASSWORD)).status).to.equal(404);
    expect(await actions()).to.include('password.reset');
  });

  it('tells nobody who has an account, neither in words nor in time, and mails no stranger', async () => {
    const ask = async (email: string) => {
      const begun = performance.now();
      const answer = await send('/forgotten', { email });
      return { status: answer.status, html: await answer.text(), ms: performance.now() - begun };
    };
    const [known, unknown] = [await ask(test.acme.emails.auditor), await ask('nobody@nowhere.example')];
    expect(known.html).to.equal(unknown.html).and.include('If there is an account');
    expect(Math.min(known.ms, unknown.ms)).to.be.greaterThan(240);
    await mailTo(test.acme.emails.auditor);
    expect(relay.received.flatMap(({ to }) => to)).to.not.include('nobody@nowhere.example');
  });

  it('asks no mailbox full, and locks nobody out by asking', async () => {
    const email = test.acme.emails['client-approver'];
    for (let wishes = 0; wishes < 3; wishes++) await send('/forgotten', { email });
    const fourth = await send('/forgotten', { email });
    expect([fourth.status, fourth.headers.get('retry-after')]).to.deep.equal([429, '900']);
    expect(await signsIn(email, PASSWORD)).to.equal(true);
  });
});

describe('an installation without a mail relay', () => {
  it('invites nobody, and says so', async () => {
    await using test = await startTestService();
    const owner = await visit(test, test.acme.emails.owner, 'en');
    expect(await owner.read('/people'))
      .to.include('MAIL_RELAY')
      .and.not.include('action="/people/invitations"');
    const { status, body } = await test.api(test.acme.tokens.owner, 'POST', '/api/v1/invitations', {
      email: 'claire@acme.example',
      name: 'Claire',
      role: 'technician',
      clients: 'all',
    });
    expect([status, body.key]).to.deep.equal([409, 'invitation.no-relay']);
    expect(
      await (await fetch(`${test.url}/forgotten`, { headers: { 'accept-language': 'en' } })).text(),
    ).to.include('sends no mail');
  });
});
