import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';
import { makeRepository, makeTree, REPOSITORY_PASSWORD } from './made.ts';

describe('repositories of other tools', function () {
  this.timeout(120_000);
  let test: TestService;
  let place: string;
  let asset: string;
  before(async () => {
    test = await startTestService({ worker: true });
    place = join(test.dataDir, 'stores', 'others');
    mkdirSync(place, { recursive: true });
    makeTree(join(test.dataDir, 'tree'));
    for (const tool of ['restic', 'borg'] as const)
      makeRepository(tool, join(place, tool), join(test.dataDir, 'tree'), test.dataDir);
    asset = (await api('POST', `/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' }))
      .body.id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const add = (given: object) =>
    api('POST', `/clients/${test.acme.client}/repositories`, {
      ...{ name: 'NAS', tool: 'restic', asset, address: pathToFileURL(join(place, 'restic')).href },
      ...given,
    });
  const find = async (id: string) => (await api('GET', `/repositories/${id}`)).body;
  const read = (id: string) =>
    until(
      () => find(id),
      ({ isBeingRead }) => !isBeingRead,
    );
  const prove = async (id: string) => {
    const asked = await api('POST', `/repositories/${id}/proofs`, {});
    expect(asked.status, JSON.stringify(asked.body)).to.be.within(200, 202);
    const latest = async () => (await api('GET', `/repositories/${id}/proofs`)).body.items[0];
    return until(latest, ({ state }) => !['queued', 'running'].includes(state));
  };

  for (const tool of ['restic', 'borg'] as const)
    it(`of ${tool} are listed as it says, and proved only by restoring the newest snapshot`, async () => {
      const address = pathToFileURL(join(place, tool)).href;
      const { status, body } = await add({ name: `NAS ${tool}`, tool, address });
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body).to.include({ state: 'no-password', hasPassword: false });
      expect((await api('POST', `/repositories/${body.id}/proofs`, {})).status).to.equal(409);

      await api('PUT', `/repositories/${body.id}/secrets`, { password: 'wrong' });
      const unreadable = await read(body.id);
      expect(unreadable).to.include({ state: 'unreadable', snapshots: 0 });
      expect(unreadable.finding.code).to.equal('repository.tool-refused');
      expect(JSON.stringify(unreadable)).to.not.include('wrong');

      await api('PUT', `/repositories/${body.id}/secrets`, { password: REPOSITORY_PASSWORD });
      const listed = await until(
        () => find(body.id),
        ({ snapshots }) => snapshots > 0,
      );
      expect(listed, 'what a tool lists is no proof').to.include({
        state: 'listed',
        snapshots: 1,
        provedAt: null,
      });
      expect(JSON.stringify(listed)).to.not.include(REPOSITORY_PASSWORD);

      const proof = await prove(body.id);
      expect(proof, JSON.stringify(proof)).to.include({ state: 'passed', reached: 'L3' });
      expect(proof.caught).to.equal(proof.plantedFaults).and.be.at.least(5);
      expect(await find(body.id)).to.include({ state: 'proved' });
      const evidence = await test.service.inProvider(test.acme.id, ({ db }) =>
        db
          .selectFrom('evidence')
          .select(['code', 'finding'])
          .where('subject_id', '=', asset)
          .where('content', 'like', `%${proof.id}%`)
          .orderBy('code')
          .execute(),
      );
      expect(evidence).to.deep.equal([
        { code: 'BRN', finding: 'supports' },
        { code: 'INT', finding: 'supports' },
        { code: 'RST', finding: 'supports' },
      ]);
    });

  it('do not come back when their data are damaged, which is told and contradicts', async () => {
    const address = pathToFileURL(join(place, 'broken')).href;
    makeRepository('restic', join(place, 'broken'), join(test.dataDir, 'tree'), test.dataDir);
    const { body } = await add({ name: 'Abîmé', address });
    await api('PUT', `/repositories/${body.id}/secrets`, { password: REPOSITORY_PASSWORD });
    await until(
      () => find(body.id),
      ({ snapshots }) => snapshots > 0,
    );
    rmSync(join(place, 'broken', 'data'), { recursive: true });
    mkdirSync(join(place, 'broken', 'data'));
    writeFileSync(join(place, 'broken', 'data', 'x'), 'x');
    const proof = await prove(body.id);
    expect(proof, JSON.stringify(proof)).to.include({ state: 'failed', reached: null });
    expect(await find(body.id)).to.include({ state: 'proof-failed', provedAt: null });
  });

  it('are shown in French, with what was proved apart from what is listed', async () => {
    const technician = await visit(test, test.acme.emails.technician);
    const list = await technician.read(`/clients/${test.acme.client}/repositories`);
    expect(list).to.include('is-proof').and.include('Ne revient pas').and.include('is-danger');
    const [{ id }] = (await api('GET', `/clients/${test.acme.client}/repositories`)).body.items.filter(
      ({ tool, state }: { tool: string; state: string }) => tool === 'borg' && state === 'proved',
    );
    const page = await technician.read(`/repositories/${id}`);
    for (const words of [
      'Preuves par restauration',
      'Ce que l’outil liste',
      'nuit-1',
      'Restaurer et comparer',
    ])
      expect(page).to.include(words);
    expect(page).to.not.include(REPOSITORY_PASSWORD);
    const sent = await technician.send(`/repositories/${id}/secrets`, { password: REPOSITORY_PASSWORD });
    expect(sent.status).to.equal(303);
    await read(id);
  });

  it('are refused where this machine allows no such place, and belong to one client', async () => {
    const key = async (given: object) => (await add({ name: 'X', ...given })).body.key;
    expect(await key({ address: 'file:///etc' })).to.equal('store.place-not-allowed');
    expect(await key({ address: 'sftp://nas/x' })).to.equal('repository.address');
    expect(await key({ tool: 'pgbackrest' })).to.equal('repository.stanza');
    expect(await key({ tool: 'pgbackrest', series: 'main --repo=x' })).to.equal('repository.stanza');
    expect(await key({ tool: 'borg', address: 's3://seau/x' })).to.equal('repository.only-folder');
    expect(await key({ address: 's3://user:secret@seau/x' })).to.equal('store.secret-in-address');
    expect(await key({ name: 'NAS restic' })).to.equal('repository.name-taken');
    const inside = await add({ name: 'Dedans', address: 's3://seau/x?endpoint=http://169.254.169.254' });
    await api('PUT', `/repositories/${inside.body.id}/secrets`, {
      password: 'x',
      accessKeyId: 'a',
      secretAccessKey: 'b',
    });
    expect((await read(inside.body.id)).finding.code).to.equal('store.host-not-allowed');
    const { id } = inside.body;
    const empty = await api('PUT', `/repositories/${id}/secrets`, { password: '' });
    expect([empty.status, empty.body.key]).to.deep.equal([422, 'repository.password-needed']);
    expect((await api('GET', `/repositories/${id}`, undefined, test.other.tokens.owner)).status).to.equal(
      404,
    );
    const reader = test.acme.tokens['client-reader'];
    expect((await api('PUT', `/repositories/${id}/secrets`, { password: 'x' }, reader)).status).to.equal(403);
  });
});
