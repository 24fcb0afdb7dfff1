import { expect } from 'chai';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { versionIn, visit } from '../support/visitor.ts';

describe('where copies lie', () => {
  let test: TestService;
  let store: { id: string; [field: string]: unknown };
  before(async () => {
    test = await startTestService();
    store = await add('stores', { name: 'Coffre', address: `file://${test.dataDir}/stores/s` });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const add = async (noun: string, body: object) => (await api('POST', inClient(`/${noun}`), body)).body;

  it('is said on the store’s own page, with what is needed to get at them', async () => {
    const technician = await visit(test, test.acme.emails.technician);
    expect(store).to.include({ isOffsite: false, site: null, account: null });
    const site = await add('sites', { name: 'Centre de secours', kind: 'data-centre' });
    const key = await add('assets', { name: 'Clé', kind: 'key' });
    const line = await add('assets', { name: 'Ligne', kind: 'network' });
    expect(await technician.read(inClient('/protection'))).to.include(`<a href="/stores/${store.id}">`);
    const form = await technician.read(`/stores/${store.id}/edit`);
    expect(form).to.include('name="account"').and.not.include('name="address"');
    const sent = await technician.send(`/stores/${store.id}`, [
      ['version', versionIn(form)],
      ['isOffsite', 'on'],
      ['site', site.id],
      ['account', 'Acme, compte de secours'],
      ['needs', key.id],
      ['needs', line.id],
    ]);
    expect(sent.status).to.equal(303);
    const { body } = await api('GET', `/stores/${store.id}`);
    expect(body).to.deep.include({
      name: 'Coffre',
      isOffsite: true,
      site: site.id,
      account: 'Acme, compte de secours',
      needs: [key.id, line.id],
    });
    expect(await technician.read(`/stores/${store.id}`))
      .to.include('<bdi>Clé</bdi>')
      .and.include('Ligne');
    const used = await api('DELETE', `/assets/${key.id}`);
    expect(used.body.key).to.equal('asset.named');
    expect((await api('DELETE', `/sites/${site.id}`)).body.key).to.equal('site.in-use');

    const data = await add('assets', { name: 'Base', kind: 'data-set' });
    await api('POST', '/backup-policies', { asset: data.id, store: store.id, source: test.dataDir });
    const facts = await test.service.inProvider(test.acme.id, async (work) =>
      (await loadFacts(work, [await findClient(work, test.acme.client)])).get(test.acme.client),
    );
    expect(facts?.policies[0]?.store).to.deep.include({ site: site.id, needs: [key.id, line.id] });
  });

  it('names only what the client has, each thing once', async () => {
    const foreign = (
      await api('POST', `/clients/${test.acme.otherClient}/assets`, { name: 'X', kind: 'key' })
    ).body.id;
    const own = (await add('assets', { name: 'Une', kind: 'key' })).id;
    for (const [change, key] of [
      [{ needs: [foreign] }, 'not-found.asset'],
      [{ site: foreign }, 'not-found.site'],
      [{ needs: [own, own] }, 'store.need-twice'],
    ] as const)
      expect((await api('PUT', `/stores/${store.id}`, change)).body.key, JSON.stringify(change)).to.equal(
        key,
      );
    const stale = await api('PUT', `/stores/${store.id}`, {}, { 'if-match': '"0"' });
    expect(stale.status).to.equal(409);
  });

  it('is changed by who protects, and not there for strangers', async () => {
    const { tokens } = test.acme;
    const read = await test.api(tokens['client-reader'], 'PUT', `/api/v1/stores/${store.id}`, {});
    expect(read.status).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1/stores/${store.id}`);
    expect(foreign.body.key).to.equal('not-found.store');
  });
});
