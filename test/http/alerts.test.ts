import { expect } from 'chai';
import { type AlertWorld, startAlertWorld } from '../alerts/world.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('alerts, on pages and in the API', () => {
  let world: AlertWorld;
  let technician: Visitor;
  let owner: Visitor;
  let people: Map<string, string>;
  before(async () => {
    world = await startAlertWorld();
    const { test } = world;
    technician = await visit(test, test.acme.emails.technician);
    owner = await visit(test, test.acme.emails.owner);
    people = await world.people();
  });
  after(() => world[Symbol.asyncDispose]());

  const api = (
    method: string,
    path: string,
    body?: unknown,
    as: keyof typeof world.test.acme.tokens = 'owner',
  ) => world.test.api(world.test.acme.tokens[as], method, `/api/v1${path}`, body);
  const route = (name: string, more: object = {}) => ({
    name,
    recipients: [{ to: `person:${people.get('technician')}` }],
    ...more,
  });

  it('open with what failed, wait in the bell, and close only when it works again', async () => {
    expect(await technician.read('/')).to.include('aucune en attente');
    const { policy, asset } = await world.policy('Base de paie');
    await world.endRun(policy, { state: 'failed', code: 'source.unreachable' });
    await world.watch();
    expect(await technician.read('/')).to.include(
      '<span class="bell-count">1</span><span class="unseen"> sans prise en charge',
    );
    const list = await technician.read('/alerts');
    expect(list).to.include('La dernière sauvegarde de Base de paie a échoué').and.include('Atelier Delorme');
    const [alert] = (await api('GET', `/clients/${world.test.acme.client}/alerts`)).body.items;
    expect(alert).to.include({ rule: 'backup-failed', severity: 'critical', state: 'open', opening: 1 });
    expect(await technician.read(`/alerts/${alert.id}`))
      .to.include(`href="/assets/${asset}"`)
      .and.include('Vérifiez que son serveur est démarré');

    const { status, body } = await api('POST', `/alerts/${alert.id}/acknowledgement`, {
      hours: 4,
      note: 'Serveur relancé',
    });
    expect([status, body.state, body.acknowledgement.by]).to.deep.equal([200, 'acknowledged', 'owner']);
    expect((await api('GET', '/alerts?state=open')).body.items).to.deep.equal([]);
    await world.watch();
    expect((await api('GET', `/alerts/${alert.id}`)).body.state).to.equal('acknowledged');

    await world.endRun(policy, { state: 'done' });
    await world.watch();
    const closed = (await api('GET', `/alerts/${alert.id}`)).body;
    expect(closed.state).to.equal('resolved');
    expect(closed.story.map(({ kind }: { kind: string }) => kind)).to.deep.equal([
      'opened',
      'acknowledged',
      'resolved',
    ]);
    expect((await api('POST', `/alerts/${alert.id}/acknowledgement`, {})).body.key).to.equal(
      'alert.is-resolved',
    );
    await world.endRun(policy, { state: 'failed' });
    await world.watch();
    expect((await api('GET', `/alerts/${alert.id}`)).body).to.include({ state: 'open', opening: 2 });
    expect(await technician.read('/alerts?state=resolved')).to.include('Aucune alerte ne correspond');
  });

  it('are taken on from a page and given back, by one person at a time, and never by a link alone', async () => {
    const { policy } = await world.policy('Fichiers');
    await world.endRun(policy, { state: 'failed' });
    await world.watch();
    const alert = (await api('GET', '/alerts')).body.items.find(
      ({ reason }: { reason: { params: { asset: string } } }) => reason.params.asset === 'Fichiers',
    );
    const page = await technician.read(`/alerts/${alert.id}`);
    const taken = await technician.send(`/alerts/${alert.id}/acknowledgement`, {
      version: versionIn(page),
      hours: '24',
      note: 'Je regarde',
    });
    expect(taken.headers.get('location')).to.equal(`/alerts/${alert.id}?saved`);
    expect(await technician.read(`/alerts/${alert.id}`))
      .to.include('Prise en charge par technician of Acme')
      .and.include('Je regarde');
    const late = await owner.send(`/alerts/${alert.id}/acknowledgement`, {
      version: versionIn(page),
      hours: '24',
    });
    expect(late.status).to.equal(409);
    const stranger = await fetch(`${world.test.url}/alerts/${alert.id}`, { redirect: 'manual' });
    expect(stranger.headers.get('location')).to.equal(`/sign-in?next=%2Falerts%2F${alert.id}`);
    expect((await fetch(`${world.test.url}/alerts/${alert.id}/acknowledgement`)).status).to.equal(404);
    const held = await technician.read(`/alerts/${alert.id}`);
    await technician.send(`/alerts/${alert.id}/release`, { version: versionIn(held) });
    expect((await api('GET', `/alerts/${alert.id}`)).body.state).to.equal('open');
    expect(
      (await api('POST', `/alerts/${alert.id}/acknowledgement`, { hours: 720 })).body.errors,
    ).to.deep.include.members([
      { field: 'hours', detail: 'A critical alert is taken on for 7 days at most.' },
    ]);
  });

  it('are seen by a client’s reader, of their client, and taken on by those who may', async () => {
    const [alert] = (await api('GET', '/alerts')).body.items;
    expect((await api('GET', `/alerts/${alert.id}`, undefined, 'client-reader')).status).to.equal(200);
    expect((await api('POST', `/alerts/${alert.id}/acknowledgement`, {}, 'client-reader')).status).to.equal(
      403,
    );
    expect((await api('GET', '/alert-routes', undefined, 'client-reader')).status).to.equal(403);
    expect((await api('POST', '/alert-routes', route('X'), 'technician')).status).to.equal(403);
    const other = await world.test.api(world.test.other.tokens.owner, 'GET', `/api/v1/alerts/${alert.id}`);
    expect(other.status).to.equal(404);
  });

  it('reach nobody until a route says so, which stands in red', async () => {
    const before = await owner.read('/alert-settings');
    expect(before).to.include('Ces alertes ne parviendraient à personne').and.include('toutes les règles');
    expect(before).to.include('Aucun relais configuré');
    const form = await owner.read('/alert-routes/new');
    expect(form).to.include('technician of Acme · technician@acme.example').and.include('Sauvegarde échouée');
    const half = await owner.send('/alert-routes', {
      name: 'Astreinte',
      leastSeverity: 'notice',
      'recipients.0.to': `person:${people.get('technician')}`,
      pace: 'at-once',
      quietFrom: '19:00',
      escalateAfterSeconds: '30 min',
      isEnabled: 'on',
    });
    expect(half.status).to.equal(422);
    expect(await half.text())
      .to.include('Donnez le début et la fin du silence')
      .and.include('désignez-en au moins un');
    const sent = await owner.send('/alert-routes', [
      ['name', 'Astreinte'],
      ['leastSeverity', 'warning'],
      ['rules', 'backup-failed'],
      ['rules', 'store-trouble'],
      ['recipients.0.to', `person:${people.get('technician')}`],
      ['recipients.1.to', `person:${people.get('owner')}`],
      ['recipients.1.isDeputy', 'on'],
      ['recipients.1.timeZone', 'America/Martinique'],
      ['pace', 'daily'],
      ['quietFrom', '19:00'],
      ['quietUntil', '07:30'],
      ['doesCriticalPass', 'on'],
      ['escalateAfterSeconds', '30 min'],
      ['isEnabled', 'on'],
    ]);
    expect(sent.status, await sent.clone().text()).to.equal(303);
    const [made] = (await api('GET', '/alert-routes')).body.items;
    expect(made).to.deep.include({
      rules: ['backup-failed', 'store-trouble'],
      pace: 'daily',
      escalateAfterSeconds: 1800,
      quietFrom: '19:00',
      isQuietAtWeekends: false,
    });
    expect(made.recipients[1]).to.include({
      isDeputy: true,
      timeZone: 'America/Martinique',
      name: 'owner of Acme',
    });
    expect(await owner.read('/alert-settings'))
      .to.include('Suppléants après 30\u00a0min')
      .and.include('(suppléant)');
    const page = await owner.read(`/alert-routes/${made.id}`);
    expect(page)
      .to.match(/value="backup-failed" checked/)
      .and.include('America/Martinique');
    await api('PUT', `/alert-routes/${made.id}`, {
      ...route('Astreinte de nuit'),
      rules: ['backup-failed', 'store-trouble'],
    });
    const twice = await owner.send(`/alert-routes/${made.id}`, {
      version: versionIn(page),
      name: 'Astreinte',
      leastSeverity: 'notice',
      'recipients.0.to': `person:${people.get('owner')}`,
      pace: 'at-once',
      isEnabled: 'on',
    });
    expect(twice.status).to.equal(409);
    expect(await twice.text()).to.include('Astreinte de nuit');
  });

  it('always have a way left for what is critical', async () => {
    const [only] = (await api('GET', '/alert-routes')).body.items;
    expect((await api('DELETE', `/alert-routes/${only.id}`)).body.key).to.equal(
      'alert-route.last-for-critical',
    );
    const off = { ...route(only.name), rules: only.rules, isEnabled: false };
    expect((await api('PUT', `/alert-routes/${only.id}`, off)).body.key).to.equal(
      'alert-route.last-for-critical',
    );
    const all = (await api('POST', '/alert-routes', route('Tout'))).body;
    expect((await api('DELETE', `/alert-routes/${only.id}`)).status).to.equal(204);
    expect((await api('DELETE', `/alert-routes/${all.id}`)).body.key).to.equal(
      'alert-route.last-for-critical',
    );
  });

  it('tell contacts only of their own client, and refuse what cannot be meant', async () => {
    const { client, otherClient } = world.test.acme;
    const contact = (
      await api('POST', `/clients/${client}/contacts`, {
        name: 'Ana Ruiz',
        points: [{ kind: 'mail', value: 'ana@delorme.example' }],
      })
    ).body;
    const to = [{ to: `contact:${contact.id}` }];
    const refused = async (body: object) =>
      (await api('POST', '/alert-routes', body)).body.errors?.[0]?.field;
    expect(await refused({ name: 'A', recipients: to })).to.equal('recipients.0.to');
    expect(await refused({ name: 'A', client: otherClient, recipients: to })).to.equal('recipients.0.to');
    expect(await refused({ name: 'A', recipients: [{ to: `person:${crypto.randomUUID()}` }] })).to.equal(
      'recipients.0.to',
    );
    expect(
      await refused({
        ...route('A'),
        recipients: [{ to: `person:${people.get('owner')}`, timeZone: 'Mars/Olympus' }],
      }),
    ).to.equal('recipients.0.timeZone');
    expect(await refused({ ...route('A'), quietFrom: '19:00', quietUntil: '19:00' })).to.equal('quietUntil');
    const made = await api('POST', '/alert-routes', { name: 'Client', client, recipients: to });
    expect(made.status).to.equal(201);
    const foreign = await world.test.api(
      world.test.other.tokens.owner,
      'GET',
      `/api/v1/alert-routes/${made.body.id}`,
    );
    expect(foreign.status).to.equal(404);
  });

  it('keep the address and secret of a channel to themselves', async () => {
    const address = 'https://hooks.example.com/services/T000/B000/geheim';
    const sent = await owner.send('/alert-channels', {
      name: 'Centre de supervision',
      kind: 'webhook',
      address,
      locale: 'fr',
    });
    const told = await sent.text();
    const secret = /whsec_[A-Za-z0-9+/=]+/.exec(told.replaceAll('&#x3D;', '='))?.[0];
    expect(secret).to.have.length(50);
    const [channel] = (await api('GET', '/alert-channels')).body.items;
    const form = await owner.read(`/alert-channels/${channel.id}`);
    expect(form).to.not.include('name="kind"');
    const renamed = await owner.send(`/alert-channels/${channel.id}`, {
      version: versionIn(form),
      name: 'Supervision',
      address: '',
      locale: 'en',
    });
    expect(renamed.status).to.equal(303);
    expect((await api('GET', `/alert-channels/${channel.id}`)).body).to.include({
      name: 'Supervision',
      locale: 'en',
      kind: 'webhook',
      host: 'hooks.example.com',
    });
    expect(channel).to.include({ host: 'hooks.example.com', isSigned: true, routes: 0 });
    const pages = [
      await owner.read('/alert-settings'),
      await owner.read(`/alert-channels/${channel.id}`),
      JSON.stringify((await api('GET', '/audit')).body),
      JSON.stringify((await api('GET', `/alert-channels/${channel.id}`)).body),
    ].join();
    expect(pages).to.include('hooks.example.com').and.not.include('geheim').and.not.include('whsec_');
    expect(
      (await api('PUT', `/alert-channels/${channel.id}`, { name: 'SOC', kind: 'webhook' })).body.host,
    ).to.equal('hooks.example.com');
    expect(
      (await api('PUT', `/alert-channels/${channel.id}`, { name: 'SOC', kind: 'slack' })).body.errors[0]
        .field,
    ).to.equal('kind');
    for (const bad of ['ftp://x.example', 'https://a:b@x.example/', 'nonsense', ''])
      expect(
        (await api('POST', '/alert-channels', { name: bad || 'x', kind: 'slack', address: bad })).body
          .errors[0].field,
        bad,
      ).to.equal('address');
    await api('POST', '/alert-routes', {
      name: 'Vers le SOC',
      recipients: [{ to: `channel:${channel.id}` }],
    });
    expect((await api('DELETE', `/alert-channels/${channel.id}`)).body.key).to.equal('alert-channel.in-use');
  });
});
