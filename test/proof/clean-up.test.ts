import { randomBytes } from 'node:crypto';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { markerKey, packKey, pointKeys } from '#/jobs/recovery-points/layout.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import type { Store } from '#/jobs/stores/store.ts';
import { verifyChain } from '#/plans/audit.ts';
import { queueDueReconciliations } from '#/plans/reconciliations.ts';
import type { Work } from '#/plans/work.ts';
import { FaultyProxy } from '../support/faulty-proxy.ts';
import { type S3Server, sharedS3Server } from '../support/s3-server.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { cookiesOf } from '../support/visitor.ts';

const DAY_MS = 86_400_000;
const POINT = '20260101T000000000Z-0123456789ab';
const newPack = (asset: string) => packKey(asset, randomBytes(32).toString('hex'));

/** A store as something outside the service sees it. */
interface Place {
  store: { address: string; accessKeyId?: string; secretAccessKey?: string };
  direct: Store;
  /** Writes an object that lies there for so many days. */
  lay(key: string, days: number): Promise<void>;
  /** Leaves an upload that broke off so many days ago. */
  breakOff(key: string, days: number): Promise<void>;
}

describe('a folder that the service keeps clean', function () {
  this.timeout(120_000);
  keepsClean(async ({ dataDir }) => {
    const folder = `${dataDir}/stores/acme`;
    const lay = async (key: string, days: number) => {
      const file = join(folder, key);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, 'x'.repeat(1000));
      const at = new Date(Date.now() - days * DAY_MS);
      await utimes(file, at, at);
    };
    await mkdir(folder, { recursive: true });
    const address = `file://${folder}`;
    return {
      store: { address },
      direct: await openStore(address),
      lay,
      breakOff: (key, days) =>
        lay(join(dirname(key), `.reprise-unfinished-${randomBytes(8).toString('hex')}`), days),
    };
  });
});

describe('a bucket that the service keeps clean', function () {
  this.timeout(180_000);
  let s3: S3Server;
  let proxy: FaultyProxy;
  before(async function () {
    s3 = await sharedS3Server(this);
    proxy = await FaultyProxy.start(new URL(s3.endpoint));
  });
  after(() => proxy?.[Symbol.asyncDispose]());

  keepsClean(async () => {
    await s3.createBucket('kept-clean');
    const { accessKeyId, secretAccessKey } = s3;
    const at = (endpoint: string) => `s3://kept-clean/p?endpoint=${endpoint}&region=${s3.region}`;
    const direct = await openStore(at(s3.endpoint), { credentials: { accessKeyId, secretAccessKey } });
    return {
      store: { address: at(proxy.endpoint), accessKeyId, secretAccessKey },
      direct,
      async lay(key, days) {
        await direct.put(key, Buffer.alloc(1000, 'x'));
        proxy.age(new RegExp(key), days);
      },
      async breakOff(key, days) {
        await s3.breakOffUpload('kept-clean', `p/${key}`);
        proxy.age(new RegExp(key), days);
      },
    };
  });
});

function keepsClean(open: (test: TestService) => Promise<Place>) {
  let test: TestService;
  let place: Place;
  let asset: string;
  let policy: string;
  before(async () => {
    test = await startTestService({ worker: true });
    place = await open(test);
    await mkdir(`${test.dataDir}/source`);
    await writeFile(`${test.dataDir}/source/été.txt`, 'contenu');
    const store = (await made(`/clients/${test.acme.client}/stores`, { name: 'Coffre', ...place.store })).id;
    const added = await made(`/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    asset = added.label;
    const source = `${test.dataDir}/source`;
    policy = (await made('/backup-policies', { asset: added.id, store, source })).id;
    const { id } = await made(`/backup-policies/${policy}/runs`);
    expect(await ended(`/backup-runs/${id}`)).to.include({ state: 'done' });
  });
  after(async () => {
    await place?.direct.close();
    await test?.[Symbol.asyncDispose]();
  });

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const made = async (path: string, body?: object) => {
    const answer = await api('POST', path, body);
    expect(answer.status, JSON.stringify(answer.body)).to.be.within(200, 202);
    return answer.body;
  };
  const ended = async (path: string) =>
    (
      await until(
        () => api('GET', path),
        ({ body }) => !['queued', 'running'].includes(body.state),
      )
    ).body;
  const keys = async () => (await Array.fromAsync(place.direct.list(`${asset}/`))).map(({ key }) => key);
  const uploads = async () =>
    (await Array.fromAsync(place.direct.leftovers(new Date(Date.now() + DAY_MS)))).length;
  const looked = async () =>
    (
      await until(
        () => api('GET', `/backup-policies/${policy}/clean-up`),
        ({ body }) => !['queued', 'running'].includes(body.standing),
      )
    ).body;
  const cleanUp = async () => {
    await made(`/backup-policies/${policy}/clean-ups`);
    return looked();
  };
  const events = async (action: string) => {
    const { items } = (await api('GET', '/audit-events')).body;
    return items.filter((one: { action: string }) => one.action === action).length;
  };
  const page = async (path: string) => {
    const cookie = await cookiesOf(test, test.acme.emails.technician);
    return (await fetch(test.url + path, { headers: { cookie } })).text();
  };

  it('removes what is old enough, leaves what is young or cited, and tells it', async () => {
    const before = await keys();
    const [old, young] = [newPack(asset), newPack(asset)];
    await place.lay(old, 10);
    await place.lay(young, 3);
    await place.lay(pointKeys(asset, POINT).manifest, 9);
    await place.breakOff(pointKeys(asset, POINT.replace('0101', '0102')).manifest, 3);
    const { found, items, left } = await cleanUp();
    expect(found.cleanUp).to.deep.include({ blocked: null, kept: { count: 0, because: null } });
    expect(found.cleanUp.removed).to.include({ packs: 1, points: 1, uploads: 1 });
    expect(found.cleanUp.removed.bytes).to.be.at.least(2000 + 1);
    expect(found.lastRemoved).to.include(found.cleanUp.removed);
    expect([left, found.orphans]).to.deep.equal([
      { count: 1, bytes: 1000 },
      { count: 1, bytes: 1000 },
    ]);
    expect(items.map(({ kind, name }: { kind: string; name: string }) => [kind, name])).to.deep.equal([
      ['pack', young],
    ]);
    const daysLeft = (Date.parse(items[0].goesAt) - Date.now()) / DAY_MS;
    expect(daysLeft).to.be.within(3.9, 4.1);
    expect((await keys()).toSorted()).to.deep.equal([...before, young].toSorted());
    expect(await uploads()).to.equal(0);

    for (const action of ['store.clean-up-asked', 'store.clean-up-begun', 'store.cleaned'])
      expect(await events(action), action).to.equal(1);
    expect(await page(`/clients/${test.acme.client}/protection`))
      .to.include('Supprimé le')
      .and.include('1 sauvegarde interrompue')
      .and.include('1 téléversement interrompu');
    expect(await page(`/backup-policies/${policy}/clean-up`))
      .to.include(young)
      .and.include('À partir du');
  });

  it('still restores what it cleaned around, and tells how much of it was read lately', async () => {
    const [point] = (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items;
    const { packsRead } = (await looked()).found;
    expect(packsRead).to.deep.equal({
      ...{ point: point.point, cited: point.packs, lately: 0, never: point.packs, stalestAt: null },
    });
    const proof = await made('/restore-tests', { recoveryPoint: point.id });
    expect(await ended(`/restore-tests/${proof.id}`)).to.include({ state: 'passed' });
    const { found } = await cleanUp();
    expect(found.packsRead).to.deep.include({ cited: point.packs, lately: point.packs, never: 0 });
    expect(found.packsRead.stalestAt).to.be.a('string');
    expect(found.cleanUp, 'nothing was old enough').to.equal(null);
    expect(found.lastRemoved, 'of the clean-up before').to.include({ packs: 1 });
  });

  it('removes nothing while a backup says that it runs, says so, and tries again the same day', async () => {
    const orphan = newPack(asset);
    await place.lay(orphan, 10);
    await place.breakOff(pointKeys(asset, POINT).manifest, 3);
    await place.direct.put(markerKey(asset, POINT), Buffer.from('{}'));
    const before = await keys();
    const { found } = await cleanUp();
    expect(found.cleanUp.blocked.code).to.equal('clean-up.backup-running');
    expect(found.cleanUp.removed).to.deep.equal({ packs: 0, points: 0, uploads: 0, bytes: 0 });
    expect(await keys()).to.deep.equal(before);
    expect(await uploads()).to.equal(1);
    expect(await events('store.not-cleaned')).to.equal(1);
    expect(await page(`/clients/${test.acme.client}/protection`)).to.include('Rien n’a pu être supprimé');

    await place.direct.remove(markerKey(asset, POINT));
    await test.service.inProvider(test.acme.id, (work: Work) =>
      queueDueReconciliations({ ...work, now: new Date(Date.now() + 7 * 3_600_000) }),
    );
    expect((await looked()).found.cleanUp.removed).to.include({ packs: 1, uploads: 1 });
    expect(await keys()).to.not.include(orphan);
  });

  it('removes nothing while a point on record is lost, and goes on once it is back', async () => {
    const orphan = newPack(asset);
    await place.lay(orphan, 10);
    const [point] = (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items;
    const { head } = pointKeys(asset, point.point);
    const bytes = await place.direct.get(head);
    await place.direct.remove(head);
    const { found } = await cleanUp();
    expect(found.lost).to.equal(1);
    expect(found.cleanUp.blocked).to.deep.include({
      code: 'clean-up.point-lost',
      params: { point: point.point },
    });
    expect(await keys()).to.include(orphan);
    await place.direct.put(head, bytes);
    expect((await cleanUp()).found.cleanUp).to.deep.include({ blocked: null });
    expect(await keys()).to.not.include(orphan);
  });

  it('goes on when somebody says that a lost point is not waited for, and counts it again when it is back', async () => {
    const orphan = newPack(asset);
    await place.lay(orphan, 10);
    const [point] = (await api('GET', `/clients/${test.acme.client}/recovery-points`)).body.items;
    const path = `/recovery-points/${point.id}/giving-up`;
    expect((await api('POST', path, { reason: 'Sans raison' })).body.key).to.equal('recovery-point.not-gone');
    const { head } = pointKeys(asset, point.point);
    const bytes = await place.direct.get(head);
    await place.direct.remove(head);
    expect((await cleanUp()).found.cleanUp.blocked.code).to.equal('clean-up.point-lost');

    const reader = test.acme.tokens['client-reader'];
    expect((await test.api(reader, 'POST', `/api/v1${path}`, { reason: 'X' })).status).to.equal(403);
    expect((await api('POST', path, { reason: '' })).status).to.equal(422);
    const given = await api('POST', path, { reason: 'Seau vidé par erreur' });
    expect(given.body.loss.givenUp).to.include({ reason: 'Seau vidé par erreur' });
    expect((await api('POST', path, { reason: 'Encore' })).status).to.equal(409);
    const { found } = await cleanUp();
    expect([found.lost, found.cleanUp.blocked]).to.deep.equal([0, null]);
    expect(await keys()).to.not.include(orphan);
    expect((await api('GET', `/recovery-points/${point.id}`)).body.loss.kind).to.equal('gone');

    await place.direct.put(head, bytes);
    await cleanUp();
    expect((await api('GET', `/recovery-points/${point.id}`)).body.loss).to.equal(null);
  });

  it('waits for the end of the lock that the policy asks for', async () => {
    await using session = await openSession(test.superuserUrl);
    await session.query(`update backup_policies set lock_mode = 'compliance', lock_days = 30`);
    const orphan = newPack(asset);
    await place.lay(orphan, 20);
    const { found, items } = await cleanUp();
    expect(found.cleanUp).to.equal(null);
    const [item] = items.filter(({ name }: { name: string }) => name === orphan);
    expect((Date.parse(item.goesAt) - Date.now()) / DAY_MS).to.be.within(10.9, 11.1);
    expect(await keys()).to.include(orphan);
    expect(await test.service.inProvider(test.acme.id, verifyChain)).to.include({ intact: true });
  });
}

describe('an order to clean up', () => {
  let test: TestService;
  let policy: string;
  before(async () => {
    test = await startTestService();
    await mkdir(`${test.dataDir}/source`);
    const made = async (path: string, body: object) =>
      (await test.api(test.acme.tokens.owner, 'POST', `/api/v1${path}`, body)).body.id;
    const store = await made(`/clients/${test.acme.client}/stores`, {
      name: 'Coffre',
      address: `file://${test.dataDir}/stores/acme`,
    });
    const asset = await made(`/clients/${test.acme.client}/assets`, { name: 'Fichiers', kind: 'data-set' });
    policy = await made('/backup-policies', { asset, store, source: `${test.dataDir}/source` });
  });
  after(async () => {
    await rm(`${test.dataDir}/source`, { recursive: true });
    await test[Symbol.asyncDispose]();
  });

  const preview = (token: string) => test.api(token, 'GET', `/api/v1/backup-policies/${policy}/clean-up`);
  const order = (token: string) => test.api(token, 'POST', `/api/v1/backup-policies/${policy}/clean-ups`);

  it('shows that nothing is known of a store that was never looked at', async () => {
    const { status, body } = await preview(test.acme.tokens.auditor);
    expect(status).to.equal(200);
    expect(body).to.deep.include({ standing: 'never', found: null, items: [], left: { count: 0, bytes: 0 } });
  });

  it('is not for those who only read, and strangers find nothing', async () => {
    for (const role of ['consultant', 'auditor', 'client-approver'] as const)
      expect((await order(test.acme.tokens[role])).status, role).to.equal(403);
    expect((await preview(test.acme.tokens['client-reader'])).status).to.equal(403);
    expect((await order(test.other.tokens.owner)).status).to.equal(404);
    expect((await preview(test.other.tokens.owner)).status).to.equal(404);
    expect((await preview(test.acme.tokens.owner)).body.standing).to.equal('never');
  });

  it('is given once, however many ask', async () => {
    const { owner, technician } = test.acme.tokens;
    const answers = await Promise.all([order(owner), order(technician), order(owner)]);
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([202, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(JSON.stringify(refused?.body)).to.include('being compared or cleaned up already');
    expect((await preview(owner)).body.standing).to.equal('queued');
  });

  it('shows its button to those who may give it, and the refusal where it is not taken', async () => {
    const { body } = await signedIn('technician', `/backup-policies/${policy}/clean-ups`, 'POST');
    expect(body).to.include('déjà en cours de comparaison ou de nettoyage');
    const read = await signedIn('consultant', `/backup-policies/${policy}/clean-up`, 'GET');
    expect(read.status).to.equal(200);
    expect(read.body).to.include('Ce qui serait nettoyé').and.not.include('Nettoyer maintenant');
    const own = await signedIn('owner', `/clients/${test.acme.client}/protection`, 'GET');
    expect(own.body).to.include(`/backup-policies/${policy}/clean-up`);
  });

  async function signedIn(role: 'owner' | 'technician' | 'consultant', path: string, method: string) {
    const cookie = await cookiesOf(test, test.acme.emails[role]);
    const answer = await fetch(test.url + path, { method, headers: { cookie, origin: test.url } });
    return { status: answer.status, body: await answer.text() };
  }
});
