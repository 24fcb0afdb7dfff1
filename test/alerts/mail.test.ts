import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { forgetOldTelling } from '#/plans/alerts/forget.ts';
import { openRelay } from '#/server/alerts/mail.ts';
import type { Received } from '../support/mail-relay.ts';
import { startMailRelay } from '../support/mail-relay.ts';
import { makeCertificate } from './certificate.ts';
import { type AlertWorld, PUBLIC_URL, startAlertWorld } from './world.ts';

const MINUTE = 60_000;

describe('alerts by mail', () => {
  let world: AlertWorld;
  let people: Map<string, string>;
  before(async () => {
    world = await startAlertWorld();
    people = await world.people();
  });
  after(() => world[Symbol.asyncDispose]());
  /** Each test has its own routes, and hears of nothing that was before it. */
  beforeEach(async () => {
    await world.forget();
    world.relay.received.length = 0;
    world.relay.refusal = null;
  });

  const api = (method: string, path: string, body?: unknown) =>
    world.test.api(world.test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const to = (role: string, more: object = {}) => ({ to: `person:${people.get(role)}`, ...more });
  const route = async (body: object) => {
    const made = await api('POST', '/alert-routes', { name: crypto.randomUUID(), ...body });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    return made.body;
  };
  const fail = async (name: string, code = 'source.unreachable') => {
    const made = await world.policy(`${name} ${crypto.randomUUID().slice(0, 4)}`);
    await world.endRun(made.policy, { state: 'failed', code });
    return made;
  };
  const alerts = async (query = '') => (await api('GET', `/alerts${query}`)).body.items;
  const story = async (id: string) => (await api('GET', `/alerts/${id}`)).body;
  const ids = (mails: Received[]) => mails.map(({ headers }) => headers.get('message-id'));

  it('goes once to whom a route names, in their language, with a link that only leads to the sign-in', async () => {
    await world.setLocale('consultant', 'en');
    await route({ recipients: [to('owner'), to('consultant')] });
    const { policy } = await fail('Base ERP');
    await world.watch();
    await world.tell();
    await world.watch();
    await world.tell();
    const [alert] = await alerts();
    const french = world.relay.received.find((mail) => mail.to[0]?.startsWith('owner'));
    const english = world.relay.received.find((mail) => mail.to[0]?.startsWith('consultant'));
    expect(world.relay.received).to.have.length(2);
    expect(french?.subject).to.match(/^\[Atelier Delorme\] Sauvegarde échouée\u202f: Base ERP/);
    expect(english?.subject).to.match(/^\[Atelier Delorme\] Backup failed: Base ERP/);
    expect(french?.text).to.include('attend quelqu’un').and.include(`${PUBLIC_URL}/alerts/${alert.id}`);
    expect(french?.html).to.include(`href="${PUBLIC_URL}/alerts/${alert.id}"`).and.include('lang="fr"');
    expect(french?.headers.get('importance')).to.equal('High');

    await world.endRun(policy, { state: 'done' });
    await world.watch();
    await world.tell();
    const over = world.relay.received.slice(2).find((mail) => mail.to[0]?.startsWith('owner'));
    expect(over?.text).to.include('La cause de cette alerte a disparu');
    expect(over?.subject).to.equal(french?.subject);
    expect(over?.headers.get('references')).to.equal(french?.headers.get('references'));
    expect(over?.headers.get('message-id')).to.not.equal(french?.headers.get('message-id'));
    expect(over?.headers.get('importance')).to.equal(undefined);
  });

  it('tells the outage of a store once, however many backups fail for it, and again when it comes back', async () => {
    await route({ recipients: [to('owner')] });
    const first = await fail('Premier', 'store.unreachable');
    const policies = [first.policy];
    for (let more = 0; more < 24; more++) {
      const { policy } = await world.policy(`Jeu ${more}`, first.store);
      await world.endRun(policy, { state: 'failed', code: 'store.unreachable' });
      policies.push(policy);
    }
    await Promise.all([world.watch(), world.watch(), world.watch()]);
    await Promise.all([world.tell(), world.tell()]);
    const [alert, ...others] = await alerts();
    expect(others).to.deep.equal([]);
    expect(alert).to.include({ rule: 'store-trouble', subjectCount: 26 });
    expect(world.relay.received).to.have.length(1);
    expect(world.relay.received[0]?.text)
      .to.include('25 sauvegardes en dépendent')
      .and.include('et 6 autres');
    for (const policy of policies) await world.endRun(policy, { state: 'done' });
    await world.watch();
    await world.tell();
    await world.endRun(first.policy, { state: 'failed', code: 'store.unreachable' });
    await world.watch();
    await world.tell();
    expect(world.relay.received.map(({ text }) => text.split('\r\n')[0])).to.deep.equal([
      'Une alerte vient de s’ouvrir et attend quelqu’un.',
      'La cause de cette alerte a disparu\u202f: elle est close.',
      'Une cause que l’on croyait disparue est revenue. L’alerte est rouverte et attend quelqu’un.',
    ]);
    expect((await story(alert.id)).opening).to.equal(2);
  });

  it('sends nothing twice with three workers at once', async () => {
    await route({ recipients: [to('owner'), to('technician')] });
    for (let one = 0; one < 8; one++) await fail(`Base ${one}`);
    await Promise.all([world.watch(), world.watch()]);
    await Promise.all([world.tell(), world.tell(), world.tell()]);
    expect(world.relay.received).to.have.length(16);
    expect(new Set(ids(world.relay.received)).size).to.equal(16);
    const { told } = (await story((await alerts())[0].id)).story[0];
    expect(told).to.equal(2);
  });

  it('killed between sending and writing it down, sends again under the same id, and then no more', async () => {
    await route({ recipients: [to('owner')] });
    await fail('Base tuée');
    await world.watch();
    const env = JSON.stringify({
      DATA_DIR: world.test.dataDir,
      MAIL_RELAY: world.relay.url,
      MAIL_TLS: 'none',
      PUBLIC_URL,
    });
    const script = fileURLToPath(new URL('./dying-worker.ts', import.meta.url));
    const died = await world.spawn(script, env);
    expect(died, 'the worker was killed').to.equal('SIGKILL');
    expect(world.relay.received).to.have.length(1);
    const [alert] = await alerts();
    expect((await story(alert.id)).deliveries[0]).to.include({ state: 'sending', tries: 1 });
    await world.tell();
    expect(world.relay.received).to.have.length(1);
    await world.tell(new Date(Date.now() + 11 * MINUTE));
    await world.tell(new Date(Date.now() + 30 * MINUTE));
    expect(world.relay.received).to.have.length(2);
    expect(new Set(ids(world.relay.received)).size).to.equal(1);
    expect((await story(alert.id)).deliveries[0]).to.include({ state: 'accepted', tries: 2 });
  });

  it('waits longer each time a relay is away, and says what it answered', async () => {
    await route({ recipients: [to('owner')] });
    await fail('Base sans relais');
    await world.watch();
    const start = Date.now();
    const at = (minutes: number) => new Date(start + minutes * MINUTE);
    await using away = await startMailRelay();
    const gone = { MAIL_RELAY: away.url };
    await away[Symbol.asyncDispose]();
    await world.tell(at(0), gone);
    const [alert] = await alerts();
    const delivery = async () => (await story(alert.id)).deliveries[0];
    expect(await delivery()).to.include({ state: 'waiting', tries: 1 });
    expect((await delivery()).finding).to.deep.include({
      code: 'alert.relay-unreachable',
      params: { cause: 'ESOCKET' },
    });
    await world.tell(at(0.5), gone);
    expect((await delivery()).tries).to.equal(1);
    world.relay.refusal = [451, 'Come back later'];
    await world.tell(at(2));
    expect(await delivery()).to.include({ state: 'waiting', tries: 2 });
    expect((await delivery()).answer).to.include('Come back later');
    world.relay.refusal = null;
    await world.tell(at(6));
    expect(world.relay.received).to.have.length(0);
    await world.tell(at(8));
    expect(await delivery()).to.include({ state: 'accepted', tries: 3, finding: null });
    expect((await delivery()).answer).to.match(/^250/);
    expect(world.relay.received).to.have.length(1);
  });

  it('asks a relay that is away once in a round, whatever waits for it', async () => {
    await route({ recipients: [to('owner'), to('technician')] });
    await fail('Une base');
    await fail('Une autre');
    await world.watch();
    await using away = await startMailRelay();
    const gone = { MAIL_RELAY: away.url };
    await away[Symbol.asyncDispose]();
    await world.tell(new Date(), gone);
    const tries = (await api('GET', '/alert-deliveries')).body.items.map(
      (one: { tries: number }) => one.tries,
    );
    expect(tries.toSorted()).to.deep.equal([0, 0, 0, 1]);
  });

  it('gives up what is refused for good, and what no relay is there for stands as such and is never sent', async () => {
    await route({ recipients: [to('owner')] });
    await fail('Base refusée');
    await world.watch();
    world.relay.refusal = [550, 'No such person'];
    await world.tell();
    const [alert] = await alerts();
    expect((await story(alert.id)).deliveries[0]).to.include({ state: 'failed', tries: 1 });
    const owner = await world.visit('owner');
    expect(await owner.read(`/alerts/${alert.id}`))
      .to.include('Non remis')
      .and.include('550 No such person');
    await fail('Base sans rien');
    await world.watch();
    await world.tell(new Date(), { MAIL_RELAY: '' });
    const waiting = (await alerts()).find(({ id }: { id: string }) => id !== alert.id);
    expect((await story(waiting.id)).deliveries[0]).to.include({ state: 'waiting' });
    expect(await owner.read(`/alerts/${waiting.id}`))
      .to.include('Aucun relais configuré')
      .and.not.include('>Remis<');
    let last = new Date();
    for (let tries = 0; tries < 9; tries++) {
      last = new Date(last.getTime() + 13 * 60 * MINUTE);
      await world.tell(last, { MAIL_RELAY: '' });
    }
    expect((await story(waiting.id)).deliveries[0]).to.include({ state: 'failed', tries: 9 });
  });

  it('tells the deputies when nobody took note in time, once, and nobody when somebody did', async () => {
    await route({
      recipients: [to('technician'), to('owner', { isDeputy: true })],
      escalateAfterSeconds: 1800,
    });
    await fail('Base une');
    const start = Date.now();
    const at = (minutes: number) => new Date(start + minutes * MINUTE);
    await world.watch(at(0));
    await world.tell(at(0));
    const [one] = await alerts();
    await world.tell(at(20));
    expect(world.relay.received.map((mail) => mail.to[0])).to.deep.equal(['technician@acme.example']);
    await world.tell(at(31));
    await world.tell(at(90));
    expect(world.relay.received.map((mail) => mail.to[0])).to.deep.equal([
      'technician@acme.example',
      'owner@acme.example',
    ]);
    expect(world.relay.received[1]?.text).to.include('vous êtes prévenu comme suppléant');
    await fail('Base deux');
    await world.watch(at(100));
    await world.tell(at(100));
    const two = (await alerts()).find(({ id }: { id: string }) => id !== one.id);
    await api('POST', `/alerts/${two.id}/acknowledgement`, { hours: 3 });
    await world.tell(at(140));
    expect(world.relay.received).to.have.length(3);
    // The three hours are over and the trouble is still there: whoever looks after such things is told again.
    await world.tell(at(181));
    expect(world.relay.received.at(-1)?.text).to.include('échue');
    expect((await story(two.id)).story.map(({ kind }: { kind: string }) => kind)).to.include('reminded');
  });

  it('keeps quiet at night where the recipient is, lets pass what is critical, or does not', async () => {
    const quiet = { quietFrom: '20:00', quietUntil: '07:00' };
    await route({ recipients: [to('owner')], ...quiet });
    await route({
      recipients: [to('technician', { timeZone: 'America/Martinique' })],
      ...quiet,
      doesCriticalPass: false,
    });
    await route({ recipients: [to('consultant')], ...quiet, doesCriticalPass: false });
    await fail('Base de nuit');
    // Half past eleven in the evening in Paris, half past six in Fort-de-France.
    const night = new Date('2027-01-12T22:30:00Z');
    await world.watch(night);
    await world.tell(night);
    expect(world.relay.received.map((mail) => mail.to[0]).toSorted()).to.deep.equal([
      'owner@acme.example',
      'technician@acme.example',
    ]);
    await world.tell(new Date('2027-01-13T05:59:00Z'));
    expect(world.relay.received).to.have.length(2);
    await world.tell(new Date('2027-01-13T06:01:00Z'));
    expect(world.relay.received.at(-1)?.to).to.deep.equal(['consultant@acme.example']);
  });

  it('puts what can wait into one mail in the morning, and leaves out what was over by then', async () => {
    await route({ recipients: [to('owner')], pace: 'daily' });
    const { client } = world.test.acme;
    const add = async (title: string) =>
      (
        await api('POST', `/clients/${client}/corrective-actions`, {
          title,
          owner: 'Ana',
          dueOn: '2026-01-05',
        })
      ).body;
    const done = await add('Déjà faite');
    for (const title of ['Onduleur', 'Extincteurs', 'Double lien']) await add(title);
    await world.refresh();
    const evening = new Date();
    await world.tell(evening);
    expect(world.relay.received).to.have.length(0);
    await api('POST', `/corrective-actions/${done.id}/completion`, {});
    await world.refresh();
    const morning = new Date(evening.getTime() + 25 * 3_600_000);
    await Promise.all([world.tell(morning), world.tell(morning)]);
    await world.tell(morning);
    expect(world.relay.received).to.have.length(1);
    const [digest] = world.relay.received;
    expect(digest?.subject).to.equal('Synthèse\u202f: 3 alertes');
    expect(digest?.text).to.include('Onduleur').and.include('Double lien').and.not.include('Déjà faite');
    const [alert] = await alerts('?rule=action-overdue');
    expect((await story(alert.id)).deliveries[0]).to.include({ isDigest: true, state: 'accepted' });
  });

  it('tells in one mail what comes all at once, and what stood before anybody could hear it', async () => {
    for (let one = 0; one < 3; one++) await fail(`Base ${one}`);
    await world.watch();
    await world.tell();
    expect((await story((await alerts())[0].id)).story[0].told).to.equal(0);
    await route({ recipients: [to('owner')] });
    await world.tell();
    await world.tell();
    expect(world.relay.received.map(({ subject }) => subject)).to.deep.equal([
      'Synthèse\u202f: 3 alertes, dont 3 critiques',
    ]);
    for (let one = 0; one < 11; one++) await fail(`Autre base ${one}`);
    await world.watch();
    await world.tell();
    expect(world.relay.received.map(({ subject }) => subject).slice(1)).to.deep.equal([
      'Synthèse\u202f: 11 alertes, dont 11 critiques',
    ]);
  });

  it('tells what comes and goes by the hour, as it stands by then', async () => {
    await route({ recipients: [to('owner')] });
    const { policy } = await fail('Base instable');
    const start = Date.now();
    const at = (minutes: number) => new Date(start + minutes * MINUTE);
    await world.watch(at(0));
    await world.tell(at(0));
    for (let turn = 1; turn <= 6; turn++) {
      await world.endRun(policy, { state: 'done', at: at(turn * 2) });
      await world.watch(at(turn * 2));
      await world.tell(at(turn * 2));
      await world.endRun(policy, { state: 'failed', at: at(turn * 2 + 1) });
      await world.watch(at(turn * 2 + 1));
      await world.tell(at(turn * 2 + 1));
    }
    // Opened, and two times over and back; from then on it waits.
    expect(world.relay.received).to.have.length(6);
    await world.tell(at(80));
    expect(world.relay.received.slice(6).map(({ subject }) => subject)).to.deep.equal([
      'Synthèse\u202f: 1 alerte, dont 1 critique',
    ]);
    const { body } = await api('GET', '/alert-deliveries');
    expect(body.items.filter((one: { state: string }) => one.state === 'waiting')).to.deep.equal([]);
  });

  it('forgets after a year and a bit who was told, and never the alert', async () => {
    await route({ recipients: [to('owner')] });
    await fail('Vieille base');
    await world.watch();
    await world.tell();
    const [alert] = await alerts();
    const forget = (days: number) =>
      world.test.service.inProvider(world.test.acme.id, (work) =>
        forgetOldTelling({ ...work, now: new Date(Date.now() + days * 1440 * MINUTE) }),
      );
    await forget(399);
    expect((await story(alert.id)).deliveries).to.have.length(1);
    await forget(401);
    expect(await story(alert.id)).to.deep.include({ deliveries: [], story: [], state: 'open' });
  });

  it('holds no secret, and a name cannot break out of a header or the mark-up', async () => {
    await route({ recipients: [to('owner')] });
    const { client } = world.test.acme;
    await api('POST', `/clients/${client}/corrective-actions`, {
      title: '<img src=x onerror=alert(1)> Bcc: all@example.com',
      owner: 'Ana',
      dueOn: '2026-01-05',
    });
    await fail('Base');
    await world.watch();
    await world.refresh();
    await world.tell();
    expect(world.relay.received).to.have.length(2);
    const all = world.relay.received
      .map(({ headers, text, html }) => [...headers.values(), text, html].join())
      .join();
    const html = world.relay.received.map((mail) => mail.html).join();
    expect(html).to.include('&lt;img src').and.not.include('<img');
    expect(all).to.not.match(/whsec_|AGE-SECRET|password|:\/\/[^/\s]+:[^/\s]+@/);
    for (const { to: sentTo } of world.relay.received) expect(sentTo).to.deep.equal(['owner@acme.example']);
  });

  it('reaches nobody who has left or may not see the client', async () => {
    await route({ recipients: [to('owner'), to('client-approver')] });
    await fail('Base du premier');
    await world.failIn(world.test.acme.otherClient);
    await world.watch();
    await world.tell();
    const toClient = world.relay.received.filter((mail) => mail.to[0]?.startsWith('client-approver'));
    expect(world.relay.received).to.have.length(3);
    expect(toClient).to.have.length(1);
    expect(toClient[0]?.subject).to.include('Atelier Delorme');
    await world.endMembership('client-approver');
    await fail('Base suivante');
    await world.watch();
    await world.tell();
    expect(world.relay.received).to.have.length(4);
    const settings = await (await world.visit('owner')).read('/alert-settings');
    expect(settings).to.include('n’est plus là');
  });
});

describe('a mail relay', () => {
  it('is spoken to with a name and over TLS where it asks for them, and trusted by its certificate alone', async function () {
    this.timeout(20_000);
    const { key, cert, caFile } = makeCertificate();
    await using relay = await startMailRelay({ user: { name: 'reprise', password: 'pa$s' }, key, cert });
    const mail = {
      to: { name: 'Ana', address: 'ana@delorme.example' },
      subject: 'S',
      text: 'T',
      html: 'H',
      id: 'i',
      thread: null,
      isUrgent: false,
    };
    const settings = {
      relay: relay.url.replace('127.0.0.1', 'localhost'),
      from: 'a@b.example',
      tls: 'required',
      caFile,
    } as const;
    expect(await openRelay(settings).send(mail)).to.include({ isAccepted: true });
    expect(relay.received[0]).to.include({ isEncrypted: true, user: 'reprise' });
    const untrusted = await openRelay({ ...settings, caFile: null }).send(mail);
    expect(untrusted).to.include({ isAccepted: false, isFinal: false });
    const wrong = await openRelay({ ...settings, relay: settings.relay.replace('pa$s', 'other') }).send(mail);
    expect(wrong).to.include({ isAccepted: false }).and.not.have.property('isAccepted', true);
    await using plain = await startMailRelay();
    const bare = await openRelay({ ...settings, relay: plain.url }).send(mail);
    expect(bare).to.include({ isAccepted: false });
    expect(relay.received.length + plain.received.length).to.equal(1);
  });
});
