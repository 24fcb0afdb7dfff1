/** Level L3x through the front door, and what it counts for. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

describe('a restore test with foreign tools', function () {
  this.timeout(120_000);
  let test: TestService;
  let point: string;
  let storeFolder: string;
  before(async () => {
    test = await startTestService({ worker: true });
    const source = join(test.dataDir, 'shared');
    storeFolder = join(test.dataDir, 'stores/a');
    await mkdir(source);
    writeFileSync(join(source, 'contract.txt'), 'signed\n');
    const asset = await post(`/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    const store = await post(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${storeFolder}`,
    });
    const policy = await post('/backup-policies', { asset, store, source, intervalSeconds: 86_400 });
    const run = await post(`/backup-policies/${policy}/runs`, {});
    await until(
      () => api('GET', `/backup-runs/${run}`),
      ({ body }) => !['queued', 'running'].includes(body.state),
    );
    point = (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items[0].id;
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: unknown) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const post = async (path: string, body: object) => {
    const { status, body: made } = await api('POST', path, body);
    expect(status, `${path} ${JSON.stringify(made)}`).to.be.within(200, 202);
    return made.id as string;
  };
  const ended = async (level: string) => {
    const id = await post('/restore-tests', { recoveryPoint: point, level });
    const { body } = await until(
      () => api('GET', `/restore-tests/${id}`),
      (answer) => !['queued', 'running'].includes(answer.body.state),
    );
    return body;
  };

  it('reaches L3x beside L3, and tells by whose key, programs and walls', async () => {
    const proof = await ended('L3x');
    expect(proof, JSON.stringify(proof.finding)).to.include({ state: 'passed', reached: 'L3x' });
    expect(proof.seconds).to.equal(
      proof.result.levels.find(({ level }: { level: string }) => level === 'L3').seconds,
    );
    expect(proof.result.levels.map(({ level }: { level: string }) => level).slice(-2)).to.deep.equal([
      'L3',
      'L3x',
    ]);
    expect(proof.result.independence).to.include({
      otherHost: 'no',
      otherKey: 'yes',
      otherAccount: 'no',
      otherImplementation: 'yes',
    });
    expect(proof.result.foreign.paper.isOurs).to.equal(true);
    const kinds = proof.result.plantedFaults.map(({ kind }: { kind: string }) => kind);
    expect(kinds).to.include.members(['paper-command-wrong', 'tool-missing', 'key-of-another']);
    const visitor = await visit(test, test.acme.emails.technician);
    const page = await visitor.read(`/restore-tests/${proof.id}`);
    expect(page)
      .to.include('Restauration avec des outils étrangers')
      .and.include('Indépendance du contrôle')
      .and.include('racine nue, sans réseau')
      .and.include('Commande fausse dans RESTORE.md');
    expect(page).to.match(/>L4<[\s\S]{0,300}non demandé/i);
  });

  it('fails when the page beside the data is wrong, until it is put right', async () => {
    const page = join(storeFolder, 'RESTORE.md');
    const sound = readFileSync(page, 'utf8');
    writeFileSync(page, sound.replace('tar -x -p', 'tar -t -p'));
    const failed = await ended('L3x');
    expect(failed).to.include({ state: 'failed', reached: 'L3' });
    expect(failed.finding.code).to.equal('foreign.hand-differs');
    const ours = await ended('L3');
    expect(ours.state).to.equal('passed');
    writeFileSync(page, sound);
    expect((await ended('L3x')).state).to.equal('passed');
  });
});
