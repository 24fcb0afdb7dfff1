import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { isPublicAddress } from '#/jobs/stores/public-address.ts';
import { post } from '#/server/alerts/webhook.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { type AlertWorld, startAlertWorld } from './world.ts';

describe('alerts by webhook', () => {
  let world: AlertWorld;
  let receiver: Receiver;
  before(async () => {
    world = await startAlertWorld();
    receiver = await startReceiver();
  });
  after(async () => {
    await receiver[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await world.forget();
    receiver.received.length = 0;
    receiver.answer = { status: 200, body: 'ok' };
  });

  const PRIVATE = { WEBHOOKS_TO_PRIVATE: 'true' };
  const api = (method: string, path: string, body?: unknown) =>
    world.test.api(world.test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const channel = async (kind: string, address = `${receiver.url}/hook`) => {
    const made = await api('POST', '/alert-channels', { name: crypto.randomUUID(), kind, address });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    await api('POST', '/alert-routes', {
      name: crypto.randomUUID(),
      recipients: [{ to: `channel:${made.body.id}` }],
    });
    return made.body;
  };
  const fail = async (name: string) => {
    const { policy } = await world.policy(`${name} ${crypto.randomUUID().slice(0, 4)}`);
    await world.endRun(policy, { state: 'failed', code: 'source.unreachable' });
    await world.watch();
  };
  const tests = async (id: string) => {
    const { body } = await api('GET', '/alert-deliveries');
    return body.items.filter(({ to }: { to: string }) => to === `channel:${id}`);
  };

  it('are signed over id, moment and body, with the secret that was told once', async () => {
    const { secret } = await channel('webhook');
    await fail('Base ERP');
    const now = new Date();
    await world.tell(now, PRIVATE);
    const [posted] = receiver.received;
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = posted!.headers;
    const sign = (body: string) =>
      `v1,${createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
        .update(`${id}.${at}.${body}`)
        .digest('base64')}`;
    expect(signature).to.equal(sign(posted!.body));
    expect(signature).to.not.equal(sign(posted!.body.replace('critical', 'notice')));
    expect(Number(at)).to.equal(Math.floor(now.getTime() / 1000));
    const [delivery] = (await api('GET', '/alert-deliveries')).body.items;
    expect(id).to.equal(delivery.id);
    expect(delivery).to.include({ state: 'accepted', answer: '200 ok' });
    const told = JSON.parse(posted!.body);
    expect(told).to.include({ type: 'alert.told', provider: 'Acme' });
    expect(told.alerts[0]).to.include({ occasion: 'opened', severity: 'critical', rule: 'backup-failed' });
    expect(told.alerts[0].href).to.match(/\/alerts\/[0-9a-f-]{36}$/);
  });

  it('come again under the same id when the receiver was out of order, and not when it refused', async () => {
    const made = await channel('webhook');
    receiver.answer = { status: 503, body: 'closed' };
    await fail('Base');
    const now = Date.now();
    await world.tell(new Date(now), PRIVATE);
    expect((await tests(made.id))[0]).to.include({ state: 'waiting', answer: '503 closed' });
    receiver.answer = { status: 204 };
    await world.tell(new Date(now + 120_000), PRIVATE);
    expect(receiver.received).to.have.length(2);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).to.equal(1);
    receiver.answer = { status: 410, body: 'gone' };
    await fail('Autre base');
    await world.tell(new Date(now + 200_000), PRIVATE);
    expect((await tests(made.id))[0]).to.include({ state: 'failed', answer: '410 gone' });
  });

  it('have the shapes that Slack and Teams take, in which a name calls nobody', async () => {
    await channel('slack', `${receiver.url}/slack`);
    await channel('teams', `${receiver.url}/teams`);
    await fail('<!channel> *Base* [x](http://evil.example)');
    await world.tell(new Date(), PRIVATE);
    const bodyOf = (path: string) => receiver.received.find((one) => one.path === path)!.body;
    const slack = JSON.parse(bodyOf('/slack'));
    expect(slack.blocks[0]).to.deep.include({ type: 'section' });
    expect(bodyOf('/slack')).to.include('&lt;!channel&gt;').and.not.include('<!channel>');
    const card = JSON.parse(bodyOf('/teams')).attachments[0];
    expect(card.contentType).to.equal('application/vnd.microsoft.card.adaptive');
    expect(card.content).to.include({ type: 'AdaptiveCard', version: '1.4' });
    expect(card.content.actions[0]).to.include({ type: 'Action.OpenUrl', title: 'Ouvrir l’alerte' });
    expect(bodyOf('/teams')).to.include('\\\\[x\\\\](http').and.not.include('[x](http');
    for (const { headers } of receiver.received) expect(headers).to.not.have.property('webhook-signature');
  });

  it('are tried by a button that sends a real test and shows the answer', async () => {
    const made = await channel('slack');
    const owner = await world.visit('owner');
    const asked = await owner.send(`/alert-channels/${made.id}/tests`, {});
    expect(asked.headers.get('location')).to.equal(`/alert-channels/${made.id}#tests`);
    expect(await owner.read(`/alert-channels/${made.id}`))
      .to.include('En attente')
      .and.include('hx-trigger');
    receiver.answer = { status: 404, body: 'no_team' };
    await world.tell(new Date(Date.now() + 1000), PRIVATE);
    const page = await owner.read(`/alert-channels/${made.id}`);
    expect(page).to.include('Non remis').and.include('404 no_team').and.not.include('hx-trigger');
    expect(receiver.received[0]?.body).to.include('Ceci est un essai');
  });

  it('never go into a private network, nor where an answer points to', async () => {
    const made = await channel('slack');
    await api('POST', `/alert-channels/${made.id}/tests`);
    await world.tell(new Date(Date.now() + 1000));
    expect(receiver.received).to.deep.equal([]);
    expect((await tests(made.id))[0]).to.include({ state: 'failed' });
    expect((await tests(made.id))[0].finding.code).to.equal('alert.receiver-not-https');
    receiver.answer = { status: 302, headers: { location: `${receiver.url}/inside` } };
    await api('POST', `/alert-channels/${made.id}/tests`);
    await world.tell(new Date(Date.now() + 2000), PRIVATE);
    expect(receiver.received.map(({ path }) => path)).to.deep.equal(['/hook']);
    expect((await tests(made.id))[0].finding.code).to.equal('alert.receiver-redirects');
  });
});

describe('an address that somebody typed in', () => {
  const to = (address: string, resolve?: (host: string) => Promise<{ address: string; family: number }[]>) =>
    post(
      { address: new URL(address), body: '{}', headers: {} },
      { isPrivateAllowed: false, ...(resolve ? { resolve } : {}) },
    );
  const codeOf = async (sent: ReturnType<typeof to>) => {
    const answer = await sent;
    return answer.isAccepted ? 'accepted' : answer.finding.code;
  };

  it('is refused however a private address is written', async () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '2130706433',
      '0x7f000001',
      '0',
      '10.1.2.3',
      '172.31.255.255',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '[::1]',
      '[::]',
      '[::ffff:127.0.0.1]',
      '[64:ff9b::7f00:1]',
      '[fe80::1]',
      '[fd00::1]',
      '[2002:7f00:1::]',
      '[2001:db8::1]',
    ])
      expect(await codeOf(to(`https://${host}/`)), host).to.equal('alert.receiver-private');
  });

  it('is refused when any address of its name is private, and only looked up once', async () => {
    let asked = 0;
    const rebinding = async () => {
      asked++;
      return asked === 1
        ? [
            { address: '93.184.216.34', family: 4 },
            { address: '127.0.0.1', family: 4 },
          ]
        : [{ address: '127.0.0.1', family: 4 }];
    };
    expect(await codeOf(to('https://rebind.example/', rebinding))).to.equal('alert.receiver-private');
    expect(asked).to.equal(1);
    expect(await codeOf(to('https://nobody.example/', async () => []))).to.equal(
      'alert.receiver-unreachable',
    );
  });

  it('of the public internet may be posted to', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111', '2a00:1450:4007::1'])
      expect(isPublicAddress(address), address).to.equal(true);
    expect(isPublicAddress('example.com')).to.equal(false);
  });

  it('is connected to at the address that was looked at, with the name in the request', async () => {
    await using receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const sent = await post(
      { address: new URL(`http://hooks.example:${port}/x`), body: '{}', headers: {} },
      { isPrivateAllowed: true, resolve: async () => [{ address: '127.0.0.1', family: 4 }] },
    );
    expect(sent).to.deep.equal({ isAccepted: true, answer: '200 ok' });
    expect(receiver.received[0]?.headers.host).to.equal(`hooks.example:${port}`);
  });

  it('is not listened to for ever', async () => {
    await using receiver = await startReceiver();
    receiver.answer = { status: 200, body: 'x'.repeat(1_000_000) };
    const sent = await post(
      { address: new URL(receiver.url), body: '{}', headers: {} },
      { isPrivateAllowed: true },
    );
    expect(sent.answer?.length).to.be.below(510);
  });
});
