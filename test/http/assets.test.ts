import { expect } from 'chai';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('assets', () => {
  let test: TestService;
  let technician: Visitor;
  before(async () => {
    test = await startTestService();
    technician = await visit(test, test.acme.emails.technician);
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = async (noun: string, body: object) => (await api('POST', inClient(`/${noun}`), body)).body;

  it('keep all that is said of them, sizes and durations as people type them', async () => {
    const site = await add('sites', { name: 'Siège', kind: 'office' });
    const supplier = await add('assets', { name: 'Hébergeur', kind: 'supplier' });
    const [holder, deputy] = [await add('contacts', { name: 'Ana' }), await add('contacts', { name: 'Gil' })];
    const form = await technician.read(inClient('/assets/new'));
    expect(form).to.include('name="label"').and.include('value="in-service" selected');
    const sent = await technician.send(inClient('/assets'), {
      name: 'Base ERP',
      kind: 'data-set',
      label: 'erp',
      state: 'being-replaced',
      site: site.id,
      supplier: supplier.id,
      holder: holder.id,
      deputy: deputy.id,
      volumeBytes: '250 Go',
      changeBytesPerDay: '3,5 Go',
      endOfSupportOn: '2028-11-09',
      declaredRecoverySeconds: '1 h 30',
      recoveryResource: 'link',
      isRemoteWorkPossible: 'on',
      externalSource: 'mercator',
      externalId: 'db-12',
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location')?.replace('?saved', '') ?? '';
    expect((await api('GET', place)).body).to.include({
      label: 'erp',
      state: 'being-replaced',
      site: site.id,
      supplier: supplier.id,
      volumeBytes: 250e9,
      changeBytesPerDay: 3.5e9,
      endOfSupportOn: '2028-11-09',
      declaredRecoverySeconds: 5400,
      recoveryResource: 'link',
      isRemoteWorkPossible: true,
      externalId: 'db-12',
    });
    const page = await technician.read(place);
    expect(page).to.include('250\u00a0Go').and.include(`<a href="/sites/${site.id}">`);
    expect(await technician.read(`/assets/${supplier.id}`)).to.include(`<a href="${place}">`);
  });

  it('keep their label: it is asked once', async () => {
    const { id } = await add('assets', { name: 'Fichiers', kind: 'data-set', label: 'fichiers' });
    expect(await technician.read(`/assets/${id}/edit`)).to.not.include('name="label"');
    const { body } = await api('PUT', `/assets/${id}`, {
      name: 'Partages',
      kind: 'data-set',
      label: 'autre',
    });
    expect(body).to.include({ name: 'Partages', label: 'fichiers' });
  });

  it('get a label of their own from a name that differs by an accent only, but not the one they ask for', async () => {
    const labels: string[] = [];
    for (const name of ['Caisse', 'Caissé', 'caisse !'])
      labels.push((await add('assets', { name, kind: 'equipment' })).label);
    expect(labels).to.deep.equal(['caisse', 'caisse-2', 'caisse-3']);
    const taken = await api('POST', inClient('/assets'), { name: 'X', kind: 'equipment', label: 'caisse' });
    expect([taken.status, taken.body.key]).to.deep.equal([409, 'asset.label-taken']);
  });

  it('refuse a size without its unit, and keep what was typed', async () => {
    const refused = await technician.send(inClient('/assets'), {
      name: 'Sans unité',
      kind: 'server',
      state: 'in-service',
      recoveryResource: 'none',
      volumeBytes: '250',
    });
    expect(refused.status).to.equal(422);
    expect(await refused.text())
      .to.include('value="250"')
      .and.include('Écrivez une taille avec son unité');
  });

  it('refer only to what the client has, and to what makes sense', async () => {
    const server = await add('assets', { name: 'Hôte', kind: 'server' });
    const contact = await add('contacts', { name: 'Paul' });
    const foreign = (
      await api('POST', `/clients/${test.acme.otherClient}/sites`, { name: 'X', kind: 'office' })
    ).body;
    for (const [given, key] of [
      [{ site: foreign.id }, 'not-found.site'],
      [{ holder: foreign.id }, 'not-found.contact'],
      [{ supplier: server.id }, 'asset.no-supplier'],
      [{ supplier: foreign.id }, 'not-found.asset'],
      [{ deputy: contact.id }, 'asset.deputy-alone'],
      [{ holder: contact.id, deputy: contact.id }, 'asset.deputy-is-holder'],
      [{ externalId: 'seul' }, 'asset.half-an-origin'],
    ] as const) {
      const refused = await api('POST', inClient('/assets'), { name: 'Y', kind: 'server', ...given });
      expect(refused.body.key, JSON.stringify(given)).to.equal(key);
    }
    const origin = { externalSource: 'ciso', externalId: '1' };
    await add('assets', { name: 'Importé', kind: 'server', ...origin });
    const again = await api('POST', inClient('/assets'), { name: 'Z', kind: 'server', ...origin });
    expect([again.status, again.body.key]).to.deep.equal([409, 'asset.origin-taken']);
  });

  it('stay while something names them, and it is said what', async () => {
    const mail = await add('assets', { name: 'Courrier', kind: 'saas' });
    const provider = await add('assets', { name: 'Fournisseur', kind: 'supplier' });
    await add('assets', { name: 'Fourni', kind: 'saas', supplier: provider.id });
    await add('contacts', {
      name: 'Joint par courrier',
      points: [{ kind: 'mail', value: 'a@b.example', needsAsset: mail.id }],
    });
    await add('scenarios', {
      name: 'Panne mondiale',
      family: 'provision-quality',
      effects: [{ asset: mail.id, effect: 'lost' }],
    });
    const refused = await technician.send(`/assets/${mail.id}/removal`, {});
    expect(refused.status).to.equal(409);
    expect(await refused.text()).to.include('Joint par courrier, Panne mondiale');
    expect((await api('DELETE', `/assets/${provider.id}`)).body.key).to.equal('asset.named');
    const changed = await api('PUT', `/assets/${provider.id}`, { name: 'Fournisseur', kind: 'saas' });
    expect([changed.status, changed.body.key]).to.deep.equal([422, 'asset.is-supplier']);
  });

  it('show what they need and what needs them, with a way to say more', async () => {
    const activity = await add('activities', { name: 'Facturer' });
    const portal = await add('assets', { name: 'Portail', kind: 'application' });
    const base = await add('assets', { name: 'Base', kind: 'data-set' });
    await add('dependencies', { from: { kind: 'activity', id: activity.id }, to: portal.id, kind: 'hard' });
    const data = await add('dependencies', { from: `asset:${portal.id}`, to: base.id, kind: 'data' });
    const page = await technician.read(`/assets/${portal.id}`);
    expect(page)
      .to.include(`<a href="/activities/${activity.id}">`)
      .and.include(`<a href="/assets/${base.id}">`);
    expect(page).to.include(`<a href="/dependencies/${data.id}">Lit les données de</a>`);
    const form = await technician.read(inClient(`/dependencies/new?from=asset:${portal.id}`));
    expect(form).to.include(`value="asset:${portal.id}" selected`);
  });

  it('are the same after a change that changes nothing, and so is their version', async () => {
    const { id } = await add('assets', { name: 'Calme', kind: 'server' });
    const before = versionIn(await technician.read(`/assets/${id}`));
    await api('PUT', `/assets/${id}`, { name: 'Calme', kind: 'server' });
    expect(versionIn(await technician.read(`/assets/${id}`))).to.equal(before);
    const { items } = (await api('GET', '/audit-events')).body;
    const actions = items
      .filter(({ object }: { object: { id: string } }) => object.id === id)
      .map(({ action }: { action: string }) => action);
    expect(actions).to.deep.equal(['asset.added']);
  });

  it('are read by readers, and not there for strangers', async () => {
    const { id } = await add('assets', { name: 'Lu', kind: 'server' });
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/assets/${id}`))
      .to.include('Lu')
      .and.not.include('/edit');
    expect((await reader.send(`/assets/${id}/removal`, {})).status).to.equal(403);
    expect((await test.api(test.other.tokens.owner, 'GET', `/api/v1/assets/${id}`)).status).to.equal(404);
  });
});
