import { expect } from 'chai';
import pg from 'pg';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('contacts', () => {
  let test: TestService;
  let technician: Visitor;
  let mail: string;
  before(async () => {
    test = await startTestService();
    technician = await visit(test, test.acme.emails.technician);
    mail = (await api('POST', inClient('/assets'), { name: 'Messagerie', kind: 'saas' })).body.id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, role: 'owner' | 'technician' = 'owner') =>
    test.api(test.acme.tokens[role], method, `/api/v1${path}`, body);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const aContact = async (name: string, given: object = {}) =>
    (await api('POST', inClient('/contacts'), { name, ...given })).body;
  const trailOf = async (id: string) =>
    (await api('GET', '/audit-events')).body.items
      .filter(({ object }: { object: { id: string } }) => object.id === id)
      .map(({ action }: { action: string }) => action);

  it('are added by a form with what reaches them, and shown in the order in which to try', async () => {
    const sent = await technician.send(inClient('/contacts'), {
      name: 'Ana Ruiz',
      jobTitle: 'Directrice générale',
      languages: 'fr\nes',
      'points.0.kind': 'mobile',
      'points.0.value': '+33 6 12 34 56 78',
      'points.0.isOutOfBand': 'on',
      'points.1.kind': 'mobile', // a spare row that was left as it was
      'points.2.kind': 'mail',
      'points.2.value': 'ana@delorme.example',
      'points.2.needsAsset': mail,
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location') ?? '';
    const page = await technician.read(place);
    expect(page.indexOf('+33 6 12')).to.be.within(1, page.indexOf('ana@delorme.example'));
    expect(page).to.include('Hors bande').and.include('Messagerie');
    expect(await technician.read(inClient('/contacts'))).to.include('+33 6 12 34 56 78');
    const { body } = await api('GET', place.replace('?saved', ''));
    expect(body).to.include({ jobTitle: 'Directrice générale', leftOn: null });
    expect(body.languages).to.deep.equal(['fr', 'es']);
    expect(body.points[0]).to.include({ isOutOfBand: true, needsAsset: null, verifiedAt: null });
    expect(body.points[1]).to.include({ isOutOfBand: false, needsAsset: mail });
  });

  it('refuse what reaches nobody, beside its row', async () => {
    const refused = await technician.send(inClient('/contacts'), [
      ['name', 'Faux'],
      ['points.0.kind', 'mail'],
      ['points.0.value', ''],
      ['points.1.kind', 'mail'],
      ['points.1.value', 'pas une adresse'],
    ]);
    expect(refused.status).to.equal(422);
    expect(await refused.text()).to.match(
      /name="points\.0\.value"[^>]*value="pas une adresse"[^>]*><p class="error">Écrivez une adresse électronique/,
    );
    const number = await api('POST', inClient('/contacts'), {
      name: 'Faux',
      points: [{ kind: 'phone', value: 'accueil' }],
    });
    expect([number.status, number.body.errors[0].field]).to.deep.equal([422, 'points.0.value']);
    const twice = { kind: 'radio', value: 'canal 4' };
    const both = await api('POST', inClient('/contacts'), { name: 'Faux', points: [twice, twice] });
    expect(both.body.key).to.equal('contact.point-twice');
    const foreign = await api('POST', inClient('/contacts'), {
      name: 'Faux',
      points: [{ ...twice, needsAsset: crypto.randomUUID() }],
    });
    expect(foreign.body.key).to.equal('not-found.asset');
  });

  it('keep when a number was verified for as long as it is that number', async () => {
    const made = await aContact('Paul Lemaire', {
      points: [
        { kind: 'mobile', value: '+33 6 00 00 00 01' },
        { kind: 'phone', value: '04 72 00 00 01' },
      ],
    });
    const page = await technician.read(`/contacts/${made.id}`);
    expect(page).to.include(`value="${made.points[0].id}"`).and.include('Paul Lemaire · +33 6 00 00 00 01');
    expect(page).to.not.include('Ana Ruiz ·');
    const called = await technician.send(`/contacts/${made.id}/verification`, {
      version: versionIn(page),
      point: made.points[0].id,
    });
    expect(called.status).to.equal(303);
    const verified = (await api('GET', `/contacts/${made.id}`)).body.points[0];
    expect(verified.verifiedBy).to.equal('technician of Acme');

    const { body: moved } = await api('PUT', `/contacts/${made.id}`, {
      name: 'Paul Lemaire',
      points: [
        { kind: 'phone', value: '04 72 00 00 02' },
        { kind: 'mobile', value: '+33 6 00 00 00 01', isOutOfBand: true },
      ],
    });
    expect(moved.points[1]).to.deep.equal({ ...verified, isOutOfBand: true });
    expect(moved.points[0]).to.include({ value: '04 72 00 00 02', verifiedAt: null });
    const other = await api('POST', `/contacts/${made.id}/verification`, { point: made.points[1].id });
    expect([other.status, other.body.key]).to.deep.equal([422, 'contact.point-of-another']);
    expect(await trailOf(made.id)).to.deep.equal([
      'contact.changed',
      'contact.point-verified',
      'contact.added',
    ]);
  });

  it('are linked to a sign-in only by who may give roles, and only to one who sees the client', async () => {
    const { body: members } = await api('GET', '/members');
    const approver = members.items.find(({ role }: { role: string }) => role === 'client-approver').id;
    const body = { name: 'Approbatrice', person: approver };
    expect((await api('POST', inClient('/contacts'), body, 'technician')).status).to.equal(403);
    const made = (await api('POST', inClient('/contacts'), body)).body;
    expect(made.person).to.equal(approver);
    const renamed = await api(
      'PUT',
      `/contacts/${made.id}`,
      { ...body, jobTitle: 'Directrice' },
      'technician',
    );
    expect(renamed.status).to.equal(200);
    const elsewhere = await api('POST', `/clients/${test.acme.otherClient}/contacts`, body);
    expect(elsewhere.body.key).to.equal('contact.no-sign-in');
  });

  it('stay while something counts on them, and it is said what', async () => {
    const made = await aContact('Inès Caillat');
    const free = await aContact('Gil Oury');
    await owned(async (database) => {
      await database.query(`update assets set holder_id = $1 where id = $2`, [made.id, mail]);
      await database.query(
        `with role as (insert into crisis_roles (provider_id, client_id, name, cell, created_at, changed_at)
           values ($1, $2, 'Directeur de crise', 'decision', now(), now()) returning id)
         insert into role_assignments (provider_id, client_id, role_id, contact_id, rank, valid_from)
           select $1, $2, id, $3, 0, '2026-01-01' from role`,
        [test.acme.id, test.acme.client, made.id],
      );
    });
    const refused = await technician.send(`/contacts/${made.id}/removal`, {});
    expect(refused.status).to.equal(409);
    expect(await refused.text()).to.include('Messagerie, Directeur de crise');
    expect(await technician.read(`/contacts/${made.id}`))
      .to.include('Titulaire')
      .and.include('Rôle de crise');
    await api('PUT', `/contacts/${made.id}`, { name: 'Inès Caillat', leftOn: '2026-01-01' });
    expect(await technician.read(`/contacts/${made.id}`)).to.include('Inès Caillat est parti');

    await api('POST', inClient('/contact-tests'), {
      contact: free.id,
      at: '2026-01-05T08:00:00Z',
      method: 'Appel',
    });
    expect((await api('DELETE', `/contacts/${free.id}`)).body.key).to.equal('contact.tested');
    const unused = await aContact('Personne');
    expect((await api('DELETE', `/contacts/${unused.id}`)).status).to.equal(204);
    expect((await api('GET', `/contacts/${unused.id}`)).body.key).to.equal('not-found.contact');
  });

  it('are read by readers, and not there for strangers', async () => {
    const made = await aContact('Lue');
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/contacts/${made.id}`))
      .to.include('Lue')
      .and.not.include('/edit');
    expect((await reader.send(`/contacts/${made.id}`, { name: 'Prise' })).status).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/contacts/${made.id}`);
    expect(foreign.body.key).to.equal('not-found.contact');
  });

  it('show the second of two editors what the first wrote', async () => {
    const made = await aContact('Deux');
    const version = versionIn(await technician.read(`/contacts/${made.id}/edit`));
    await api('PUT', `/contacts/${made.id}`, { name: 'Deux', employer: 'Le premier' });
    const refused = await technician.send(`/contacts/${made.id}`, {
      version,
      name: 'Deux',
      employer: 'Le second',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Le premier')
      .and.include('value="Le second"');
  });

  const owned = async (run: (database: pg.Client) => Promise<unknown>) => {
    const database = new pg.Client({ connectionString: test.superuserUrl });
    await database.connect();
    await run(database).finally(() => database.end());
  };
});
