import { expect } from 'chai';
import { addDependencies, NewDependency } from '#/plans/dependencies.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

describe('dependencies', () => {
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
  const anAsset = async (name: string): Promise<string> =>
    (await api('POST', inClient('/assets'), { name, kind: 'server' })).body.id;
  const need = (from: string, to: string, given: object = {}) =>
    api('POST', inClient('/dependencies'), { from: { kind: 'asset', id: from }, to, kind: 'hard', ...given });
  const change = (id: string, given: object) => api('PUT', `/dependencies/${id}`, { kind: 'hard', ...given });

  it('are added by a form, listed by names, changed and confirmed', async () => {
    const [portal, base] = [await anAsset('Portail'), await anAsset('Base')];
    const sent = await technician.send(inClient('/dependencies'), {
      from: `asset:${portal}`,
      kind: 'recovery',
      to: base,
      confidence: 'observed',
      degradationPercent: '80',
      note: 'Vu en exercice',
    });
    expect(sent.status).to.equal(303);
    const place = sent.headers.get('location')?.replace('?saved', '') ?? '';
    expect(await technician.read(inClient('/dependencies'))).to.include('Portail → Base');
    const form = await technician.read(`${place}/edit`);
    expect(form).to.include('value="80"').and.not.include('name="to"');

    const page = await technician.read(place);
    expect(page).to.include('Se remet en service grâce à').and.include(`<a href="/assets/${base}">`);
    await technician.send(`${place}/confirmation`, { version: versionIn(page) });
    const confirmed = (await api('GET', place)).body;
    expect(confirmed).to.include({ confirmedBy: 'technician of Acme', fromName: 'Portail', toName: 'Base' });

    const same = await technician.send(place, {
      version: versionIn(await technician.read(`${place}/edit`)),
      kind: 'recovery',
      confidence: 'observed',
      degradationPercent: '80',
      note: 'Vu en exercice',
    });
    expect(same.status).to.equal(303);
    expect((await api('GET', place)).body.confirmedAt).to.equal(confirmed.confirmedAt);
    expect((await change(confirmed.id, { kind: 'soft' })).body).to.include({
      kind: 'soft',
      confirmedAt: null,
      to: base,
    });
  });

  it('refuse what cannot be, with the sentence beside the field', async () => {
    const [one, two] = [await anAsset('Un'), await anAsset('Deux')];
    expect((await need(one, one)).body.key).to.equal('dependency.itself');
    await need(one, two);
    expect((await need(one, two)).body.key).to.equal('dependency.known');
    const second = await need(one, two, { kind: 'data' });
    expect((await change(second.body.id, { kind: 'hard' })).body.key).to.equal('dependency.known');
    const lonely = await need(two, one, { requiredK: 1 });
    expect([lonely.body.key, lonely.body.errors[0].field]).to.deep.equal([
      'dependency.group-missing',
      'group',
    ]);
    const empty = await technician.send(inClient('/dependencies'), {
      kind: 'hard',
      confidence: 'told',
      to: one,
    });
    expect(await empty.text()).to.match(/id="record-from-help"><p class="error">Remplissez ce champ/);
    const over = await technician.send(inClient('/dependencies'), {
      from: `asset:${two}`,
      to: one,
      kind: 'hard',
      confidence: 'told',
      degradationPercent: '120',
    });
    expect(over.status).to.equal(422);
  });

  describe('in a group', () => {
    it('share how many are enough, and never ask for more than there are', async () => {
      const site = await anAsset('Site');
      const [fibre, radio, copper] = [
        await anAsset('Fibre'),
        await anAsset('Radio'),
        await anAsset('Cuivre'),
      ];
      const early = await need(site, fibre, { group: 'Internet', requiredK: 2 });
      expect([early.status, early.body.key]).to.deep.equal([422, 'dependency.too-few']);
      expect(
        (await api('GET', inClient('/dependencies'))).body.items.map(({ to }: { to: string }) => to),
      ).to.not.include(fibre);

      const first = (await need(site, fibre, { group: 'Internet' })).body;
      expect(first.requiredK).to.equal(1);
      const second = (await need(site, radio, { group: 'Internet', requiredK: 2 })).body;
      expect((await api('GET', `/dependencies/${first.id}`)).body.requiredK).to.equal(2);
      const third = (await need(site, copper, { group: 'Internet' })).body;
      expect(third.requiredK).to.equal(2);
      expect((await change(third.id, { group: 'Internet', requiredK: 4 })).body.key).to.equal(
        'dependency.too-few',
      );
      expect(await technician.read(`/dependencies/${third.id}`)).to.include(`/dependencies/${first.id}`);

      expect((await api('DELETE', `/dependencies/${third.id}`)).status).to.equal(204);
      const left = await technician.send(`/dependencies/${second.id}/removal`, {});
      expect(left.status).to.equal(409);
      expect(await left.text()).to.include('Il ne resterait que 1 dans le groupe');
      expect((await change(second.id, { group: 'Autre' })).body.key).to.equal('dependency.leaves-too-few');
      await change(first.id, { group: 'Internet', requiredK: 1 });
      expect((await change(second.id, {})).body).to.include({ group: null, requiredK: null });
      expect((await api('DELETE', `/dependencies/${first.id}`)).status).to.equal(204);
    });

    it('may come all at once', async () => {
      const site = await anAsset('Usine');
      const ends = [await anAsset('Groupe 1'), await anAsset('Groupe 2')];
      const { service, acme } = test;
      const needs = ends.map((to) =>
        NewDependency.parse({
          from: { kind: 'asset', id: site },
          to,
          kind: 'hard',
          group: 'Énergie',
          requiredK: 2,
        }),
      );
      const added = await service.inProvider(acme.id, (work) => addDependencies(work, acme.client, needs));
      expect(added.map(({ to, requiredK }) => [to, requiredK])).to.deep.equal(ends.map((to) => [to, 2]));
    });

    it('keep enough when two are removed at the same time', async () => {
      const site = await anAsset('Dépôt');
      const ids: string[] = [];
      for (const name of ['A', 'B', 'C'])
        ids.push((await need(site, await anAsset(name), { group: 'Trois' })).body.id);
      await change(ids[0]!, { group: 'Trois', requiredK: 2 });
      const answers = await Promise.all(ids.map((id) => api('DELETE', `/dependencies/${id}`)));
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([204, 409, 409]);
    });
  });

  it('may close a circle, and say so where they stand', async () => {
    const [vault, directory, cluster] = [
      await anAsset('Coffre'),
      await anAsset('Annuaire'),
      await anAsset('Grappe'),
    ];
    const first = (await need(cluster, vault, { kind: 'recovery' })).body;
    await need(vault, directory);
    expect(await technician.read(`/dependencies/${first.id}`)).to.not.include('ferme un cercle');
    const sent = await technician.send(inClient('/dependencies'), {
      from: `asset:${directory}`,
      to: cluster,
      kind: 'hard',
      confidence: 'told',
    });
    const place = sent.headers.get('location') ?? '';
    expect(await technician.read(place)).to.include(
      'ferme un cercle : Annuaire → Grappe → Coffre → Annuaire'.replace(' :', '\u202f:'),
    );
    // Where another can stand in, nothing waits for this one.
    const spare = await anAsset('Autre annuaire');
    await change((await need(vault, spare, { group: 'Annuaires' })).body.id, { group: 'Annuaires' });
    const { items } = (await api('GET', inClient('/dependencies'))).body;
    const held = items.find(
      ({ from, to }: { from: { id: string }; to: string }) => from.id === vault && to === directory,
    );
    await change(held.id, { group: 'Annuaires' });
    expect(await technician.read(place)).to.not.include('ferme un cercle');
  });

  it('refuse a stale version, are read by readers, and are not there for strangers', async () => {
    const { id } = (await need(await anAsset('De'), await anAsset('À'))).body;
    const stale = await api('PUT', `/dependencies/${id}`, { kind: 'soft' }, { 'if-match': '"0"' });
    expect(stale.status).to.equal(409);
    const reader = await visit(test, test.acme.emails['client-reader']);
    expect(await reader.read(`/dependencies/${id}`))
      .to.include('De → À')
      .and.not.include('/edit');
    expect((await reader.send(`/dependencies/${id}/confirmation`, {})).status).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'DELETE', `/api/v1/dependencies/${id}`);
    expect(foreign.body.key).to.equal('not-found.dependency');
    const elsewhere = await api('POST', `/clients/${test.acme.otherClient}/dependencies`, {
      from: { kind: 'asset', id: await anAsset('Ici') },
      to: await anAsset('Là'),
      kind: 'hard',
    });
    expect(elsewhere.status).to.equal(404);
  });
});
