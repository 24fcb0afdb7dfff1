import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('suppliers', () => {
  let test: TestService;
  let technician: Visitor;
  before(async () => {
    test = await startTestService();
    technician = await visit(test, test.acme.emails.technician);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = async (noun: string, body: object) => (await api('POST', inClient(`/${noun}`), body)).body;
  const weekdays = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [`hours.${day}`, '8h-18h']));

  it('are added with what they promise, and tell the longest wait in words', async () => {
    const contact = await add('contacts', { name: 'Assistance Calvanne' });
    const sent = await technician.send(inClient('/suppliers'), {
      name: 'Calvanne Logiciels',
      service: 'Support de l’ERP',
      contact: contact.id,
      recoveryPromiseSeconds: '4 h',
      ...weekdays,
      contractUntil: '2099-12-31',
      exitPlan: 'Export SQL complet sous 30 jours',
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location')?.replace('?saved', '') ?? '';
    const { body } = await api('GET', place);
    expect(body).to.include({
      contact: contact.id,
      recoveryPromiseSeconds: 14_400,
      longestWaitSeconds: 223_200,
      checkedOn: null,
    });
    expect(body.hours).to.deep.include({ day: 5, from: '08:00', to: '18:00' });
    const page = await technician.read(place);
    expect(page).to.include('au pire moment de la semaine attend 2\u00a0j\u00a014\u00a0h');
    expect(page).to.include('Le délai promis, 4\u00a0h, ne commence qu’ensuite.');
    expect(await technician.read(inClient('/suppliers')))
      .to.include('Calvanne Logiciels')
      .and.include('Lundi 08:00–18:00');
    const asset = (await api('GET', `/assets/${body.id}`)).body;
    expect(asset).to.include({ name: 'Calvanne Logiciels', kind: 'supplier' });
    expect(await technician.read(`/assets/${body.id}`)).to.include(`<a href="/suppliers/${body.id}">`);
  });

  it('compare with the hours in which the client works', async () => {
    const { id } = await add('suppliers', {
      name: 'Matinal',
      hours: [1, 2, 3, 4, 5].map((day) => ({ day, from: '07:00', to: '17:00' })),
    });
    await test.service.inProvider(test.acme.id, (work) =>
      work.db
        .updateTable('clients')
        .set({ business_hours: JSON.stringify([{ day: 1, from: '08:00', to: '19:00' }]) })
        .where('client_id', '=', test.acme.client)
        .execute(),
    );
    expect(await technician.read(`/suppliers/${id}`)).to.include(
      'heures de travail du client, 14\u00a0h au plus',
    );
  });

  it('have promised nothing as long as only the asset is known', async () => {
    const { id } = await add('assets', { name: 'Transporteur', kind: 'supplier' });
    expect((await api('GET', `/suppliers/${id}`)).body).to.include({ hours: null, longestWaitSeconds: null });
    expect(await technician.read(`/suppliers/${id}`)).to.include('compte comme inconnu');
    expect((await api('POST', `/suppliers/${id}/check`, {})).body.key).to.equal('supplier.nothing-to-check');
    const form = await technician.read(`/suppliers/${id}/edit`);
    const silent = await technician.send(`/suppliers/${id}`, { version: versionIn(form) });
    expect(silent.status).to.equal(422);
    expect(await silent.text()).to.include('Dites quand quelqu’un est là');
    const said = await technician.send(`/suppliers/${id}`, {
      version: versionIn(form),
      'hours.always': 'on',
      recoveryPromiseSeconds: '0',
    });
    expect(said.status).to.equal(303);
    expect(await technician.read(`/suppliers/${id}`)).to.include('Quelqu’un répond à toute heure.');
  });

  it('were checked on a day, until they promise something else', async () => {
    const terms = { hours: 'always', recoveryPromiseSeconds: 3600 };
    const { id } = await add('suppliers', { name: 'Opérateur', ...terms });
    const late = await api('POST', `/suppliers/${id}/check`, { on: '2999-01-01' });
    expect(late.body.key).to.equal('date.in-the-future');
    await technician.send(`/suppliers/${id}/check`, { on: '2026-01-05' });
    const checked = { checkedOn: '2026-01-05', checkedBy: 'technician of Acme' };
    expect((await api('PUT', `/suppliers/${id}`, { ...terms, subSuppliers: 'Un autre' })).body).to.include(
      checked,
    );
    expect(
      (await api('PUT', `/suppliers/${id}`, { ...terms, recoveryPromiseSeconds: 7200 })).body,
    ).to.include({
      checkedOn: null,
      checkedBy: null,
    });
  });

  it('refuse hours that cannot be, beside the field', async () => {
    const refused = await technician.send(inClient('/suppliers'), { name: 'Confus', 'hours.1': '18h-8h' });
    expect(refused.status).to.equal(422);
    expect(await refused.text()).to.include('finissent avant de commencer');
  });

  it('leave the inventory with their asset, unless something counts on them', async () => {
    const contact = await add('contacts', { name: 'Seule' });
    const { id } = await add('suppliers', { name: 'Bref', hours: 'always', contact: contact.id });
    const served = await add('assets', { name: 'Ligne', kind: 'network', supplier: id });
    const refused = await technician.send(`/suppliers/${id}/removal`, {});
    expect(await refused.text()).to.include('Ligne s’y rapportent encore');
    expect((await api('DELETE', `/contacts/${contact.id}`)).body.key).to.equal('contact.in-use');
    await api('PUT', `/assets/${served.id}`, { name: 'Ligne', kind: 'network' });
    expect((await api('DELETE', `/suppliers/${id}`)).status).to.equal(204);
    expect((await api('GET', `/assets/${id}`)).status).to.equal(404);
    expect((await api('DELETE', `/contacts/${contact.id}`)).status).to.equal(204);
  });

  it('refuse a stale version and people of others', async () => {
    const { id } = await add('suppliers', { name: 'Stable', hours: 'always' });
    const stale = await api('PUT', `/suppliers/${id}`, { hours: 'always' }, { 'if-match': '"0"' });
    expect(stale.status).to.equal(409);
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/suppliers/${id}`))
      .to.include('Stable')
      .and.not.include('/edit');
    expect((await reader.send(`/suppliers/${id}/check`, {})).status).to.equal(403);
    expect((await test.api(test.other.tokens.owner, 'GET', `/api/v1/suppliers/${id}`)).body.key).to.equal(
      'not-found.supplier',
    );
    const server = await add('assets', { name: 'Pas un fournisseur', kind: 'server' });
    expect((await api('GET', `/suppliers/${server.id}`)).status).to.equal(404);
  });
});
