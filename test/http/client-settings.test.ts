import { expect } from 'chai';
import { addMember } from '#/plans/people.ts';
import { hashPassword } from '#/server/passwords.ts';
import { PASSWORD, startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('settings of a client', () => {
  let test: TestService;
  let consultant: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const page = () => `/clients/${test.acme.client}/settings`;
  const found = async () => (await api('GET', `/clients/${test.acme.client}`)).body;
  const typed = {
    name: 'Atelier Delorme',
    sector: 'Mécanique',
    size: 'medium',
    country: 'BE',
    locale: 'nl',
    timeZone: 'Europe/Brussels',
    currency: 'EUR',
    'hours.always': '',
    'businessHours.1': '8h-12h, 13h-17h30',
    technicians: '3',
    links: '2',
    runsAtOnce: '4',
    technicianPool: '',
    'labels.rto': 'Délai de remise en route',
  };

  it('are typed on one page, and read back by the API', async () => {
    const pool = (
      await api('POST', '/technician-pools', { name: 'Équipe Nord', headCount: 4, hours: 'always' })
    ).body;
    const version = versionIn(await consultant.read(page()));
    const sent = await consultant.send(page(), { ...typed, technicianPool: pool.id, version });
    expect([sent.status, sent.headers.get('location')]).to.deep.equal([303, `${page()}?saved`]);
    expect(await found()).to.deep.equal({
      id: test.acme.client,
      closedAt: null,
      name: 'Atelier Delorme',
      sector: 'Mécanique',
      size: 'medium',
      country: 'BE',
      locale: 'nl',
      timeZone: 'Europe/Brussels',
      currency: 'EUR',
      businessHours: [
        { day: 1, from: '08:00', to: '12:00' },
        { day: 1, from: '13:00', to: '17:30' },
      ],
      labels: { rto: 'Délai de remise en route' },
      technicians: 3,
      runsAtOnce: 4,
      links: 2,
      technicianPool: pool.id,
    });
    expect(await consultant.read(`/technician-pools/${pool.id}`)).to.include('Atelier Delorme');
    const saved = await consultant.read(`${page()}?saved`);
    expect(saved)
      .to.include('role="status"')
      .and.include('08:00-12:00, 13:00-17:30')
      .and.include('Équipe Nord');
  });

  it('name terms as the client does, wherever a word is a term and nothing else', async () => {
    await api('PUT', `/clients/${test.acme.client}`, {
      ...(await found()),
      labels: { rto: 'Délai de remise en route' },
    });
    const activity = await api('POST', `/clients/${test.acme.client}/activities`, { name: 'Vendre' });
    expect(await consultant.read(`/activities/${activity.body.id}`))
      .to.include('<dt>Délai de remise en route</dt>')
      .and.not.include('Délai de reprise visé (RTO)');
    const unknown = await api('PUT', `/clients/${test.acme.client}`, {
      ...(await found()),
      labels: { asset: 'Bien' },
    });
    expect(unknown.status).to.equal(422);
  });

  it('are refused with a sentence beside the field, and what was typed stays', async () => {
    for (const [field, value, sentence] of [
      ['country', 'Belgique', 'deux lettres majuscules'],
      ['currency', 'euros', 'trois lettres majuscules'],
      ['technicians', 'deux', 'Écrivez un nombre'],
      ['timeZone', 'Mars/Olympus', 'n’existe pas'],
      ['businessHours.1', '', 'Dites quand ce client travaille'],
      ['name', '', 'Remplissez ce champ'],
    ] as const) {
      const refused = await consultant.send(page(), { ...typed, [field]: value });
      expect(refused.status, field).to.equal(422);
      expect(await refused.text(), field)
        .to.include(sentence)
        .and.include('value="Mécanique"');
    }
    expect(
      (
        await api('PUT', `/clients/${test.acme.client}`, {
          ...(await found()),
          technicianPool: crypto.randomUUID(),
        })
      ).body.key,
    ).to.equal('not-found.technician-pool');
    const taken = await consultant.send(page(), { ...typed, name: 'Second client' });
    expect(taken.status).to.equal(409);
    expect(await taken.text()).to.include('Un client s’appelle déjà');
  });

  it('show the second of two people both texts, and say no to a stale ETag', async () => {
    const version = versionIn(await consultant.read(page()));
    await api('PUT', `/clients/${test.acme.client}`, { ...(await found()), sector: 'Chaudronnerie' });
    const refused = await consultant.send(page(), { ...typed, sector: 'Robotique', version });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Chaudronnerie')
      .and.include('Robotique');
    const stale = await api('PUT', `/clients/${test.acme.client}`, await found(), { 'if-match': '"0"' });
    expect(stale.body.key).to.equal('http.changed-meanwhile');
    expect((await found()).sector).to.equal('Chaudronnerie');
  });

  it('are read by the client’s people and changed by none of them, nor by a technician', async () => {
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(page()))
      .to.include('Atelier Delorme')
      .and.not.include('name="currency"');
    for (const role of ['client-reader', 'client-approver', 'technician', 'auditor'] as const) {
      const sent = await test.api(
        test.acme.tokens[role],
        'PUT',
        `/api/v1/clients/${test.acme.client}`,
        await found(),
      );
      expect(sent.status, role).to.equal(403);
    }
    expect((await reader.send(page(), typed)).status).to.equal(403);
  });

  it('are nobody else’s, and somebody who sees some clients renames none', async () => {
    const foreign = await test.api(
      test.other.tokens.owner,
      'PUT',
      `/api/v1/clients/${test.acme.client}`,
      await found(),
    );
    expect(foreign.body.key).to.equal('not-found.client');
    await test.service.inProvider(test.acme.id, async (work) =>
      addMember(
        work,
        {
          email: 'part@acme.example',
          name: 'Part',
          locale: 'fr',
          role: 'consultant',
          clients: [test.acme.client],
          validUntil: null,
        },
        await hashPassword(PASSWORD),
      ),
    );
    const part = await visit(test, 'part@acme.example');
    const renamed = await part.send(page(), { ...typed, name: 'Autre nom' });
    expect(renamed.status).to.equal(409);
    expect(await renamed.text()).to.include('Vous ne voyez que certains clients');
    expect((await part.send(page(), typed)).status).to.equal(303);
    expect(await part.read(`/clients/${test.acme.otherClient}/settings`)).to.not.include('Second client');
  });
});

describe('technician pools', () => {
  let test: TestService;
  let consultant: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const aPool = async (name: string) =>
    (await api('POST', '/technician-pools', { name, headCount: 2, hours: 'always' })).body;

  it('are added by a form, listed and changed', async () => {
    const sent = await consultant.send('/technician-pools', {
      name: 'Équipe de Lille',
      headCount: '3',
      skills: 'Hyper-V\nPostgreSQL',
      'hours.1': '8h-18h',
    });
    expect(sent.status).to.equal(303);
    const place = (sent.headers.get('location') ?? '').replace('?saved', '');
    const form = await consultant.read(`${place}/edit`);
    expect(form).to.include('PostgreSQL').and.include('08:00-18:00');
    await consultant.send(place, {
      version: versionIn(form),
      name: 'Équipe de Lille',
      headCount: '5',
      'hours.always': 'on',
    });
    expect((await api('GET', place)).body).to.deep.include({
      headCount: 5,
      skills: [],
      hours: 'always',
      clients: 0,
    });
    expect(await consultant.read('/technician-pools')).to.include('Équipe de Lille');
  });

  it('are refused without hours, with nobody in them, or under a name that is taken', async () => {
    const silent = await consultant.send('/technician-pools', { name: 'Vide', headCount: '0' });
    expect(silent.status).to.equal(422);
    expect(await silent.text()).to.include('Dites quand quelqu’un est là');
    await aPool('Prise');
    const taken = await consultant.send('/technician-pools', {
      name: 'Prise',
      headCount: '1',
      'hours.always': 'on',
    });
    expect(taken.status).to.equal(409);
    expect(await taken.text()).to.include('Une autre équipe s’appelle déjà');
  });

  it('stay while clients count on them', async () => {
    const pool = await aPool('Comptée');
    const client = (await api('GET', `/clients/${test.acme.client}`)).body;
    await api('PUT', `/clients/${test.acme.client}`, { ...client, technicianPool: pool.id });
    expect((await api('GET', `/technician-pools/${pool.id}`)).body.clients).to.equal(1);
    const kept = await consultant.send(`/technician-pools/${pool.id}/removal`, {});
    expect(kept.status).to.equal(409);
    expect(await kept.text()).to.include('un client compte dessus');
    await api('PUT', `/clients/${test.acme.client}`, { ...client, technicianPool: null });
    expect((await api('DELETE', `/technician-pools/${pool.id}`)).status).to.equal(204);
    expect((await api('GET', `/technician-pools/${pool.id}`)).status).to.equal(404);
  });

  it('show the second of two people both texts', async () => {
    const { id } = await aPool('Deux fois');
    const version = versionIn(await consultant.read(`/technician-pools/${id}/edit`));
    await api('PUT', `/technician-pools/${id}`, { name: 'Deux fois', headCount: 7, hours: 'always' });
    const refused = await consultant.send(`/technician-pools/${id}`, {
      version,
      name: 'Trois fois',
      headCount: '2',
      'hours.always': 'on',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Trois fois')
      .and.include('<bdi class="lines">7</bdi>');
  });

  it('are seen by the provider’s people, changed by who may, and nothing to others', async () => {
    const { id } = await aPool('À nous');
    const change = { name: 'À nous', headCount: 9, hours: 'always' };
    for (const [role, read, write] of [
      ['technician', 200, 403],
      ['auditor', 200, 403],
      ['client-reader', 403, 403],
      ['consultant', 200, 200],
    ] as const) {
      const token = test.acme.tokens[role];
      expect((await test.api(token, 'GET', `/api/v1/technician-pools/${id}`)).status, role).to.equal(read);
      expect((await test.api(token, 'PUT', `/api/v1/technician-pools/${id}`, change)).status, role).to.equal(
        write,
      );
    }
    for (const [method, body] of [['GET'], ['PUT', change], ['DELETE']] as const)
      expect(
        (await test.api(test.other.tokens.owner, method, `/api/v1/technician-pools/${id}`, body)).body.key,
      ).to.equal('not-found.technician-pool');
    expect(
      (await test.api(test.other.tokens.owner, 'GET', '/api/v1/technician-pools')).body.items,
    ).to.deep.equal([]);
  });
});
