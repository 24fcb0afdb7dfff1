/** A share that is encrypted between two backups, from the policy to the page, on real points. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';
import { type Visitor, visit } from '../support/visitor.ts';
import { makeShare, noise, randomFrom } from './share.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('suspect content', function () {
  this.timeout(120_000);
  const random = randomFrom(11);
  let test: TestService;
  let owner: Visitor;
  let source: string;
  let asset: string;
  let policy: string;
  let canary: string;

  const as = (role: 'owner' | 'client-reader', method: string, address: string, body?: object) =>
    test.api(test.acme.tokens[role], method, `/api/v1${address}`, body);
  const api = (method: string, address: string, body?: object) => as('owner', method, address, body);
  const made = async (address: string, body?: object) => {
    const { status, body: answer } = await api('POST', address, body);
    expect(status, `${address}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
    return answer.id as string;
  };
  const put = (name: string, bytes: Uint8Array) => {
    const full = path.join(source, name);
    mkdirSync(path.dirname(full), { recursive: true });
    writeFileSync(full, bytes);
  };
  const backUpAndTest = async () => {
    const run = await made(`/backup-policies/${policy}/runs`);
    await until(() => api('GET', `/backup-runs/${run}`), ENDED);
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    return testPoint(body.items[0].id);
  };
  const testPoint = async (recoveryPoint: string) => {
    const id = await made('/restore-tests', { recoveryPoint, level: 'L3' });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
  };
  const newestLook = async () =>
    (await api('GET', `/clients/${test.acme.client}/content-looks`)).body.items[0];
  const contradictions = async () => {
    const { body } = await api('GET', `/clients/${test.acme.client}/readiness`);
    return body.contradictions.map(({ key }: { key: string }) => key);
  };

  before(async () => {
    test = await startTestService({ worker: true });
    owner = await visit(test, test.acme.emails.owner);
    source = path.join(test.dataDir, 'partage');
    for (const { path: name, bytes } of makeShare(60, random)) put(name, bytes);
    put('temoin.txt', Buffer.from('personne ne me touche'));
    asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Partage', kind: 'data-set' });
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    policy = await made('/backup-policies', { asset, store, source });
    canary = await made(`/clients/${test.acme.client}/canaries`, { asset, path: 'temoin.txt' });
  });
  after(() => test[Symbol.asyncDispose]());

  it('of a share at work shows nothing strange, and learns what its canary holds', async () => {
    const proof = await backUpAndTest();
    expect([proof.state, proof.isSuspect]).to.deep.equal(['passed', false]);
    const look = await newestLook();
    expect(look).to.deep.include({ state: 'nothing-strange', reasons: [], history: 0, explained: null });
    expect(look.profile.files).to.equal(61);
    const page = await owner.read(`/content-looks/${look.id}`);
    expect(page).to.include('rien d’étrange n’a été vu').and.include('trop court').and.include('docx');
    expect((await api('GET', `/canaries/${canary}`)).body.sha256).to.match(/^[0-9a-f]{64}$/);
  });

  it('of an encrypted share is told with its files, and its test proves nothing', async () => {
    for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
      const full = path.join(source, name);
      if (/\.\w+$/.test(name)) writeFileSync(full, noise(readFileSync(full).length, random));
    }
    const proof = await backUpAndTest();
    expect([proof.state, proof.reached, proof.isSuspect]).to.deep.equal(['passed', 'L3', true]);
    const look = await newestLook();
    expect(look.state).to.equal('suspect');
    expect(look.reasons.map(({ key }: { key: string }) => key)).to.deep.equal([
      'content.canary-changed',
      'content.odd',
    ]);
    expect(await contradictions()).to.include('readiness.content-suspect');
    const page = await owner.read(`/restore-tests/${proof.id}`);
    expect(page).to.include('son contenu paraît suspect').and.include('Des fichiers témoins ont changé');
    expect(page).to.not.include('revient : le test');
    const list = await owner.read(`/clients/${test.acme.client}/restore-tests`);
    expect(list).to.include('suspect');
    expect(await owner.read(`/content-looks/${look.id}`)).to.include('Expliquer ce constat');
    const { rows } = await evidence(proof.id);
    expect(rows).to.deep.equal([{ code: 'INT', finding: 'contradicts' }]);
  });

  const evidence = async (proof: string) => {
    const rows = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('evidence').select(['code', 'finding']).where('content', 'like', `%${proof}%`).execute(),
    );
    return { rows };
  };

  it('is read by a reader who may not explain it, and by nobody of another provider', async () => {
    const { id } = await newestLook();
    expect((await as('client-reader', 'GET', `/content-looks/${id}`)).status).to.equal(200);
    const explain = `/api/v1/content-looks/${id}/explanation`;
    const said = { explanation: 'Migration' };
    expect((await test.api(test.acme.tokens['client-reader'], 'POST', explain, said)).status).to.equal(403);
    expect((await test.api(test.other.tokens.owner, 'POST', explain, said)).status).to.equal(404);
    expect((await api('POST', `/content-looks/${id}/explanation`, { explanation: '' })).status).to.equal(422);
  });

  it('that somebody explains counts again, under their word, and is explained once', async () => {
    const { id } = await newestLook();
    const said = { explanation: 'Chiffré par nous avec un nouvel outil' };
    const { body, status } = await api('POST', `/content-looks/${id}/explanation`, said);
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.deep.include({ state: 'explained' });
    expect(body.explained).to.deep.include(said);
    expect((await api('POST', `/content-looks/${id}/explanation`, said)).status).to.equal(409);
    expect(await contradictions()).to.not.include('readiness.content-suspect');
    expect(await owner.read(`/content-looks/${id}`)).to.include('expliqué, sur parole');
  });

  it('names canaries that can be learned anew, each once, and by a path below the root', async () => {
    expect((await api('POST', `/canaries/${canary}/relearning`)).body.sha256).to.equal(null);
    const add = (given: object) => api('POST', `/clients/${test.acme.client}/canaries`, { asset, ...given });
    expect((await add({ path: 'temoin.txt' })).status).to.equal(409);
    expect((await add({ path: '../etc/passwd' })).status).to.equal(422);
    const foreign = await test.api(
      test.other.tokens.owner,
      'POST',
      `/api/v1/clients/${test.other.client}/canaries`,
      { asset, path: 'a' },
    );
    expect(foreign.status).to.equal(404);
    expect((await as('client-reader', 'GET', `/canaries/${canary}`)).status).to.equal(403);
    expect(await owner.read(`/clients/${test.acme.client}/canaries`)).to.include('temoin.txt');
  });
});
