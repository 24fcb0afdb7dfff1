import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('plain pages of a noun, on sites', () => {
  let test: TestService;
  let consultant: Visitor;
  let reader: Visitor;
  before(async () => {
    test = await startTestService();
    consultant = await visit(test, test.acme.emails.consultant);
    reader = await visit(test, test.acme.emails['client-reader']);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const aSite = async (name: string, given: object = {}) =>
    (await api('POST', inClient('/sites'), { name, kind: 'office', ...given })).body;

  it('lists names as an alphabet has them, accents beside their letters', async () => {
    for (const name of ['Zone', 'école', 'Épreuves', 'Atelier', 'eau']) await aSite(name);
    const { items } = (await api('GET', inClient('/sites'))).body;
    const names = items.map(({ name }: { name: string }) => name);
    expect(names).to.deep.equal(['Atelier', 'eau', 'école', 'Épreuves', 'Zone']);
    expect(names).to.deep.equal(names.toSorted(new Intl.Collator('und').compare));
    for (const { id } of items) await api('DELETE', `/sites/${id}`);
  });

  it('adds one by a form and shows it', async () => {
    expect(await consultant.read(inClient('/sites'))).to.include('Ajouter un site');
    expect(await consultant.read(inClient('/sites/new'))).to.include('name="power"');
    const sent = await consultant.send(inClient('/sites'), {
      name: 'Siège',
      kind: 'office',
      latitude: '50,63',
      longitude: '3.06',
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location') ?? '';
    expect(await consultant.read(place))
      .to.include('Siège')
      .and.include('Bureaux')
      .and.include('50,6');
    expect(await consultant.read(inClient('/sites'))).to.include('Siège');
    expect((await api('GET', place.replace('?saved', ''))).body).to.include({ latitude: 50.63, power: null });
  });

  it('keeps what was typed when it is refused, with the sentence beside its field', async () => {
    const refused = await consultant.send(inClient('/sites'), {
      name: 'Dépôt',
      kind: 'office',
      latitude: 'nord',
    });
    expect(refused.status).to.equal(422);
    expect(await refused.text())
      .to.include('value="Dépôt"')
      .and.include('value="nord"')
      .and.include('<p class="error">Écrivez un nombre');
    expect(
      (await api('GET', inClient('/sites'))).body.items.map(({ name }: { name: string }) => name),
    ).to.not.include('Dépôt');
  });

  it('says of a field left empty that it is needed', async () => {
    const refused = await consultant.send(inClient('/sites'), { name: '', kind: 'office' });
    expect(refused.status).to.equal(422);
    expect(await refused.text())
      .to.include('<p class="error">Remplissez ce champ.</p>')
      .and.match(/<a href="#record-name">Nom\s: Remplissez ce champ\.<\/a>/);
  });

  it('refuses a name that is taken, in the reader’s language', async () => {
    await aSite('Usine');
    const refused = await consultant.send(inClient('/sites'), { name: 'Usine', kind: 'plant' });
    expect(refused.status).to.equal(409);
    expect(await refused.text()).to.include('Un autre site s’appelle déjà');
  });

  it('shows the second of two editors both texts, and loses nothing', async () => {
    const made = await aSite('Agence');
    const version = versionIn(await consultant.read(`/sites/${made.id}/edit`));
    await api('PUT', `/sites/${made.id}`, { name: 'Agence', kind: 'office', power: 'Onduleur 15 min' });
    const refused = await consultant.send(`/sites/${made.id}`, {
      version,
      name: 'Agence',
      kind: 'office',
      power: 'Groupe électrogène',
    });
    expect(refused.status).to.equal(409);
    expect(await refused.text())
      .to.include('Onduleur 15 min')
      .and.include('Groupe électrogène');
    expect((await api('GET', `/sites/${made.id}`)).body.power).to.equal('Onduleur 15 min');
  });

  it('keeps one that is used, and removes one that is not', async () => {
    const used = await aSite('Salle serveurs');
    await api('POST', inClient('/assets'), { name: 'Hyperviseur', kind: 'server', site: used.id });
    const kept = await consultant.send(`/sites/${used.id}/removal`, {});
    expect(kept.status).to.equal(409);
    expect(await kept.text()).to.include('ne peut pas être retiré');

    const free = await aSite('Ancienne agence');
    expect((await consultant.send(`/sites/${free.id}/removal`, {})).headers.get('location')).to.equal(
      inClient('/sites'),
    );
    expect((await api('GET', `/sites/${free.id}`)).status).to.equal(404);
  });

  it('lets a reader read and nothing else, and shows a stranger nothing', async () => {
    const made = await aSite('Entrepôt');
    const page = await reader.read(`/sites/${made.id}`);
    expect(page).to.include('Entrepôt').and.not.include(`/sites/${made.id}/edit`);
    expect((await reader.send(`/sites/${made.id}`, { name: 'Pris', kind: 'office' })).status).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/sites/${made.id}`);
    expect(foreign.status).to.equal(404);
  });

  it('takes an ETag, and refuses a stale one', async () => {
    const made = await aSite('Boutique');
    const change = { name: 'Boutique', kind: 'shop' };
    const stale = await api('PUT', `/sites/${made.id}`, change, { 'if-match': '"0000"' });
    expect([stale.status, stale.body.key]).to.deep.equal([409, 'http.changed-meanwhile']);
    const read = await api('GET', `/sites/${made.id}`);
    const fresh = await api('PUT', `/sites/${made.id}`, change, {
      'if-match': read.headers.get('etag') ?? '',
    });
    expect(fresh.body.kind).to.equal('shop');
  });
});
