/** Level L4 of a folder, through the front door. */

import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const document = (name: string) =>
  gzipSync(Array.from({ length: 300 }, (_, i) => hash('sha256', `${name}${i}`)).join(' '));

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('a folder whose files are opened', function () {
  this.timeout(120_000);
  let test: TestService;
  let source: string;
  let policy: string;
  before(async () => {
    test = await startTestService({ worker: true });
    source = path.join(test.dataDir, 'archives');
    mkdirSync(source);
    for (const name of ['a', 'b', 'c']) put(`${name}.gz`, document(name));
    put('lisez-moi.txt', Buffer.from('bonjour'));
    const asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Archives', kind: 'data-set' });
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    policy = await made('/backup-policies', { asset, store, source });
  });
  after(() => test[Symbol.asyncDispose]());

  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(source, name), bytes);
  const api = (method: string, address: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${address}`, body);
  const made = async (address: string, body?: object) => {
    const { status, body: answer } = await api('POST', address, body);
    expect(status, `${address}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
    return answer.id as string;
  };
  const backUpAndOpen = async () => {
    const run = await made(`/backup-policies/${policy}/runs`);
    await until(() => api('GET', `/backup-runs/${run}`), ENDED);
    const { body } = await api('GET', `/clients/${test.acme.client}/recovery-points`);
    const id = await made('/restore-tests', { recoveryPoint: body.items[0].id, level: 'L4' });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body;
  };

  it('reaches L4 when all that a reader knows opens, and damaged copies do not', async () => {
    const proof = await backUpAndOpen();
    expect([proof.state, proof.reached, proof.finding]).to.deep.equal(['passed', 'L4', null]);
    expect(proof.result.openings.kinds).to.deep.equal({ gz: { opened: 3, failed: 0, locked: 0 } });
    expect(proof.result.openings.unknown).to.equal(1);
    const planted = proof.result.plantedFaults.filter(({ level }: { level: string }) => level === 'L4');
    expect(
      planted.map(({ kind, caught }: { kind: string; caught: boolean }) => [kind, caught]),
    ).to.deep.equal([
      ['file-cut', true],
      ['file-byte-changed', true],
    ]);
    const page = await (await visit(test, test.acme.emails.owner)).read(`/restore-tests/${proof.id}`);
    expect(page).to.include('Fichiers ouverts').and.include('Fichier coupé en deux');
  });

  it('fails once one no longer opens, and from then on tells it as broken at its source', async () => {
    put('b.gz', document('b').subarray(0, 300));
    const proof = await backUpAndOpen();
    expect([proof.state, proof.reached]).to.deep.equal(['failed', 'L3']);
    expect(proof.finding.code).to.equal('files.not-opened');
    const named = proof.result.checks.filter(({ name }: { name: string }) => name === 'file opens');
    expect(named.map(({ where }: { where: string }) => where)).to.deep.equal(['b.gz']);

    const again = await backUpAndOpen();
    expect([again.state, again.reached]).to.deep.equal(['passed', 'L4']);
    expect(again.result.openings.failed).to.deep.include({
      ...proof.result.openings.failed[0],
      isKnown: true,
    });
    const page = await (await visit(test, test.acme.emails.owner)).read(`/restore-tests/${again.id}`);
    expect(page).to.include('abîmés à la source').and.include('b.gz');
  });
});
