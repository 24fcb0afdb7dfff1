/** Keys of a client are replaced: later points open with the new ones only, older ones with the old. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { fingerprint, newIdentity } from '#/jobs/recovery-points/age/keys.ts';
import { restore } from '#/jobs/recovery-points/restore/restore.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { listPublicKeys } from '#/plans/keys.ts';
import { startTestService, type TestService, until } from '../support/service.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

interface Key {
  purpose: string;
  fingerprint: string;
  retiredAt: string | null;
  points: number;
}

describe('keys of a client', function () {
  this.timeout(120_000);
  let test: TestService;
  let policy: string;
  before(async () => {
    test = await startTestService({ worker: true });
    await mkdir(`${test.dataDir}/files`);
    await writeFile(`${test.dataDir}/files/été.txt`, 'contenu');
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    const asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    policy = await made('/backup-policies', { asset, store, source: `${test.dataDir}/files` });
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object, token = test.acme.tokens.owner) =>
    test.api(token, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const { status, body: answer } = await api('POST', path, body);
    expect(status, `${path}: ${JSON.stringify(answer)}`).to.be.within(200, 202);
    return answer.id as string;
  };
  const keysPath = () => `/clients/${test.acme.client}/keys`;
  const keys = async (): Promise<Key[]> => (await api('GET', keysPath())).body.items;
  const inUse = async (purpose: string) =>
    (await keys()).find((key) => key.purpose === purpose && key.retiredAt === null)?.fingerprint ?? '';
  const backUp = async () => {
    const run = await made(`/backup-policies/${policy}/runs`);
    const { body } = await until(() => api('GET', `/backup-runs/${run}`), ENDED);
    expect(body.state).to.equal('done');
    return (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items[0];
  };
  const prove = async (recoveryPoint: string) => {
    const id = await made('/restore-tests', { recoveryPoint });
    return (await until(() => api('GET', `/restore-tests/${id}`), ENDED)).body.state;
  };
  let restored = 0;
  const restoreWith = async (identity: string, point: { point: string; asset: { label: string } }) => {
    const into = `${test.dataDir}/restored-${restored++}`;
    const store = await openStore(`file://${test.dataDir}/stores/acme`);
    const trust = await test.service.inProvider(test.acme.id, (work) =>
      listPublicKeys(work, 'point-signing'),
    );
    await restore({
      store,
      asset: point.asset.label,
      point: point.point,
      identity,
      trust,
      into,
      only: null,
    });
    return readFile(`${into}/été.txt`, 'utf8');
  };
  const refusal = (run: Promise<unknown>) =>
    run.then(
      () => 'none',
      (error) => error.because?.code ?? String(error),
    );

  it('are replaced: old points open with the old ones, new points with the new ones, and tests open both', async () => {
    const before = { recovery: await inUse('recovery'), verifier: await inUse('verifier') };
    const old = await backUp();
    expect(old.sealedTo).to.have.members([before.recovery, before.verifier]);

    const replaced = await api('POST', `${keysPath()}/recovery`, { replaces: before.recovery });
    expect(replaced.status).to.equal(201);
    expect(replaced.headers.get('cache-control')).to.equal('no-store');
    const { recoveryIdentity, recipient } = replaced.body;
    expect((await api('POST', `${keysPath()}/verifier`, { replaces: before.verifier })).status).to.equal(201);

    const later = await backUp();
    expect(later.sealedTo).to.have.members([await inUse('recovery'), await inUse('verifier')]);
    expect(later.sealedTo).to.include(fingerprint(recipient));
    expect(later.sealedTo).to.not.include.members([before.recovery]);

    expect(await restoreWith(test.acme.recoveryIdentity, old)).to.equal('contenu');
    expect(await restoreWith(recoveryIdentity, later)).to.equal('contenu');
    expect(await refusal(restoreWith(test.acme.recoveryIdentity, later))).to.not.equal('none');
    expect(await refusal(restoreWith(recoveryIdentity, old))).to.not.equal('none');

    expect([await prove(old.id), await prove(later.id)]).to.deep.equal(['passed', 'passed']);
    expect((await keys()).map(({ points, retiredAt }) => [points, retiredAt === null])).to.deep.equal([
      [1, true],
      [1, true],
      [1, false],
      [1, false],
    ]);
    const { body: page } = await test.api(test.acme.tokens.owner, 'GET', `/recovery-points/${old.id}`);
    expect(page).to.include(before.recovery).and.include(before.verifier);
  });

  it('replaced by a page show the new identity once, in an answer that nobody may keep', async () => {
    const replaces = await inUse('recovery');
    const form = (fields: Record<string, string>) =>
      fetch(`${test.url}${keysPath()}/recovery`, {
        method: 'POST',
        headers: { authorization: `Bearer ${test.acme.tokens.owner}`, cookie: 'reprise_locale=fr' },
        body: new URLSearchParams(fields),
        redirect: 'manual',
      });
    const unconfirmed = await form({ replaces, recipient: '' });
    expect(await unconfirmed.text()).to.include('Cochez la case');
    expect(await inUse('recovery')).to.equal(replaces);

    const answer = await form({ replaces, recipient: '', isConfirmed: 'on' });
    expect(answer.headers.get('cache-control')).to.include('no-store');
    const [identity = ''] = /AGE-SECRET-KEY-1[0-9A-Z]{58}/.exec(await answer.text()) ?? [];
    expect(identity).to.have.length(74);
    expect((await test.api(test.acme.tokens.owner, 'GET', keysPath())).body).to.not.include('AGE-SECRET-KEY');

    const secret = await form({ replaces: await inUse('recovery'), recipient: identity, isConfirmed: 'on' });
    expect(await secret.text()).to.not.include(identity);
    const trail = await test.service.inProvider(test.acme.id, ({ db }) =>
      db.selectFrom('audit_events').selectAll().execute(),
    );
    expect(JSON.stringify(trail)).to.include('client-key.retired').and.not.include('AGE-SECRET-KEY');
  });

  it('may be made offline; what is malformed, known, replaced already or not allowed is refused', async () => {
    const replaces = await inUse('recovery');
    const { recipient } = newIdentity();
    const replace = (body: object, token?: string) => api('POST', `${keysPath()}/recovery`, body, token);
    const malformed = await replace({ replaces, recipient: `${recipient.slice(0, -1)}!` });
    expect(malformed.status).to.equal(422);
    expect((await replace({ replaces, recipient }, test.acme.tokens.technician)).status).to.equal(403);
    expect((await replace({ replaces, recipient }, test.other.tokens.owner)).status).to.equal(404);
    const own = await replace({ replaces, recipient });
    expect(own.body).to.deep.equal({ recipient, recoveryIdentity: null });
    expect((await replace({ replaces })).status).to.equal(409);
    expect((await replace({ replaces: fingerprint(recipient), recipient })).status).to.equal(409);
    expect(await inUse('recovery')).to.equal(fingerprint(recipient));
  });
});
