import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { backup } from '#/jobs/recovery-points/backup.ts';
import { newSigningKey } from '#/jobs/recovery-points/signing.ts';
import { folderSource } from '#/jobs/sources/folder.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { verifyChain } from '#/plans/audit.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { listRecipients } from '#/plans/keys.ts';
import { queueDueReconciliations } from '#/plans/reconciliations.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const ENDED = ({ body }: { body: { state: string } }) => !['queued', 'running'].includes(body.state);

describe('a store set against what the service knows', function () {
  this.timeout(120_000);
  let test: TestService;
  let asset: { id: string; label: string };
  let policy: string;
  let days = 0;
  before(async () => {
    test = await startTestService({ worker: true });
    await mkdir(`${test.dataDir}/source`);
    await writeFile(`${test.dataDir}/source/été.txt`, 'contenu');
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    asset = (await api('POST', `/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' }))
      .body;
    policy = await made('/backup-policies', { asset: asset.id, store, source: `${test.dataDir}/source` });
    await backUp();
  });
  after(() => test?.[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 202);
    return answer.body.id as string;
  };
  const backUp = async () => {
    const run = await made(`/backup-policies/${policy}/runs`);
    const ended = (await until(() => api('GET', `/backup-runs/${run}`), ENDED)).body;
    expect(ended, JSON.stringify(ended)).to.include({ state: 'done' });
  };
  const points = async () => (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items;
  const within = <T>(run: (work: Work) => Promise<T>) => test.service.inProvider(test.acme.id, run);
  const snapshots = () => join(test.dataDir, 'stores/acme', asset.label, 'snapshots');
  const actions = async () =>
    (await api('GET', '/audit-events')).body.items.map(({ action }: { action: string }) => action);
  /** The page of a technician, who reads French. */
  const page = async () =>
    (await visit(test, test.acme.emails.technician)).read(`/clients/${test.acme.client}/protection`);

  /** The next day comes, and the store is looked at. */
  const nextDay = async () => {
    days += 2;
    const tomorrow = (work: Work) => ({ ...work, now: new Date(Date.now() + days * 86_400_000) });
    await within((work) => queueDueReconciliations(tomorrow(work)));
    const { body } = await until(
      () => api('GET', `/clients/${test.acme.client}/reconciliations`),
      ({ body: { items } }) => !['queued', 'running', 'never'].includes(items[0].standing),
    );
    return body.items[0];
  };
  const factsNow = () =>
    within(
      async (work) =>
        (await loadFacts(work, [await findClient(work, test.acme.client)])).get(test.acme.client)!,
    );

  it('agrees, and says so without a word of proof', async () => {
    const look = await nextDay();
    expect(look, JSON.stringify(look)).to.include({ standing: 'agrees', finding: null });
    expect(look.found).to.include({ heads: 1, lost: 0, adopted: 0 });
    expect(look.found.orphans).to.deep.equal({ count: 0, bytes: 0 });
  });

  it('remembers again a point whose row was lost, once, with its facts', async () => {
    const [before] = await points();
    await using session = await openSession(test.superuserUrl);
    await session.query(`delete from recovery_points where point = '${before.point}'`);
    expect(await points()).to.deep.equal([]);
    expect((await nextDay()).found).to.include({ adopted: 1, lost: 0 });
    const [after, ...others] = await points();
    expect(others).to.deep.equal([]);
    expect({ ...after, id: '' }).to.deep.equal({ ...before, id: '' });
    expect(await actions()).to.include('recovery-point.adopted');
    expect((await nextDay()).found.adopted, 'the day after').to.equal(0);
  });

  it('a point that vanished counts nowhere any more, says so, and counts again when it is back', async () => {
    await backUp();
    const [newest] = await points();
    const aside = `${test.dataDir}/aside`;
    await rename(join(snapshots(), newest.point), aside);
    expect(await nextDay()).to.include({ standing: 'differs' });

    const [lost, kept] = await points();
    expect([lost.loss.kind, lost.loss.finding.code, kept.loss]).to.deep.equal([
      'gone',
      'point.missing',
      null,
    ]);
    const facts = await factsNow();
    expect(facts.recoveryPoints.map(({ id }) => id)).to.deep.equal([kept.id]);
    expect(facts.lostPoints.map(({ id }) => id)).to.deep.equal([newest.id]);
    expect(
      facts.evidence.filter(({ code, finding }) => code === 'INT' && finding === 'contradicts').length,
    ).to.equal(1);
    expect(await actions()).to.include('recovery-point.lost');
    expect(await page())
      .to.include('Disparu du dépôt')
      .and.include('1 point perdu');

    await rename(aside, join(snapshots(), newest.point));
    expect(await nextDay()).to.include({ standing: 'agrees' });
    expect((await points())[0].loss).to.equal(null);
    expect((await factsNow()).recoveryPoints.length).to.equal(2);
    expect(await actions()).to.include('recovery-point.back');
  });

  it('what passed on a point that vanished proves nothing any more', async () => {
    const [newest] = await points();
    const proof = await made('/restore-tests', { recoveryPoint: newest.id });
    const ended = (await until(() => api('GET', `/restore-tests/${proof}`), ENDED)).body;
    expect(ended.state, JSON.stringify(ended.finding)).to.equal('passed');
    expect((await factsNow()).restoreTests.length).to.equal(1);
    const aside = `${test.dataDir}/aside`;
    await rename(join(snapshots(), newest.point), aside);
    await nextDay();
    expect((await factsNow()).restoreTests).to.deep.equal([]);
    await rename(aside, join(snapshots(), newest.point));
    await nextDay();
    expect((await factsNow()).restoreTests.length).to.equal(1);
  });

  it('never adopts a head that a stranger signed, and names it', async () => {
    const store = await openStore(`file://${test.dataDir}/stores/acme`);
    const scratchDir = await mkdtemp(join(tmpdir(), 'reprise-forger-'));
    const forged = await backup({
      source: folderSource(`${test.dataDir}/source`),
      store,
      asset: asset.label,
      recipients: await within((work) => listRecipients(work, test.acme.client)),
      signingKey: newSigningKey().privateKey,
      scratchDir,
    });
    const look = await nextDay();
    expect(look.standing).to.equal('differs');
    expect(look.found.refused.map(({ point }: { point: string }) => point)).to.deep.equal([forged.pointId]);
    expect((await points()).map(({ point }: { point: string }) => point)).to.not.include(forged.pointId);
    expect(await page()).to.include(forged.pointId);
    await rm(join(snapshots(), forged.pointId), { recursive: true });
    await rm(scratchDir, { recursive: true });
  });

  it('says that orphans are unknown while a head cannot be read, and that its point is altered', async () => {
    const [newest] = await points();
    const folder = join(snapshots(), newest.point);
    const files = await readdir(folder);
    expect(files).to.include('head.json');
    await rename(join(folder, 'head.json'), `${test.dataDir}/head.json`);
    await writeFile(join(folder, 'head.json'), '{}');
    const look = await nextDay();
    expect(look.found.orphans).to.equal(null);
    expect(look.found.orphansUnknown.code).to.equal('clean-up.head-unreadable');
    expect((await points())[0].loss.kind).to.equal('altered');
    await rename(`${test.dataDir}/head.json`, join(folder, 'head.json'));
    await nextDay();
  });

  it('a store out of reach is told as that, and no point is called lost', async () => {
    await rename(`${test.dataDir}/stores/acme`, `${test.dataDir}/stores/away`);
    const look = await nextDay();
    expect([look.standing, look.finding.code]).to.deep.equal(['failed', 'store.folder-missing']);
    expect((await points()).every(({ loss }: { loss: unknown }) => loss === null)).to.equal(true);
    await rename(`${test.dataDir}/stores/away`, `${test.dataDir}/stores/acme`);
    expect(await nextDay()).to.include({ standing: 'agrees' });
    expect(await within(verifyChain)).to.include({ intact: true });
  });
});
