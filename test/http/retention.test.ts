import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { verifyChain } from '#/plans/audit.ts';
import { decideExpiry } from '#/plans/retention/expiries.ts';
import { startTestService, type TestService, until } from '../support/service.ts';
import { type Visitor, versionIn, visit } from '../support/visitor.ts';

const RULES = { last: 0, withinDays: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 };
const LAST = { ...RULES, last: 1 };

describe('retention of recovery points', function () {
  this.timeout(120_000);
  let test: TestService;
  let technician: Visitor;
  let owner: Visitor;
  let asset: string;
  let policy: string;
  let folder: string;
  /** Oldest first. */
  let points: { id: string; point: string }[];

  type RoleName = keyof TestService['acme']['tokens'];
  const api = (method: string, path: string, body?: unknown, role: RoleName = 'owner', headers = {}) =>
    test.api(test.acme.tokens[role], method, `/api/v1${path}`, body, headers);
  const inClient = (path: string) => `/clients/${test.acme.client}${path}`;
  const retention = async () => (await api('GET', `/backup-policies/${policy}/retention`)).body;
  const point = async (number: number) => (await api('GET', `/recovery-points/${points[number]!.id}`)).body;
  const simulate = async (rules: object) =>
    (await api('POST', `/backup-policies/${policy}/retention/simulation`, { rules })).body;
  const expired = (removed: number) =>
    until(
      async () => (await api('GET', `/backup-policies/${policy}/expiry`)).body,
      ({ standing, last }) => standing === 'done' && last?.removed === removed,
    );
  const inStore = async () => {
    const store = await openStore(`file://${folder}`);
    const { points: listed } = await listPoints(store, 'files');
    await store.close();
    return listed.map(({ id }) => id);
  };
  const wanted = async (given: Record<string, string>) => ({
    ...Object.fromEntries(Object.entries(RULES).map(([name, count]) => [name, String(count)])),
    version: versionIn(await technician.read(`/backup-policies/${policy}/retention`)),
    needsSecondPerson: 'on',
    damageNoticedDays: '',
    reason: '',
    ...given,
  });
  const requestOf = (response: Response) => response.headers.get('location')!.split('/').at(-1)!;

  const backUp = async (name: string) => {
    await writeFile(`${test.dataDir}/source/${name}`, `content of ${name}`);
    const { body: run } = await api('POST', `/backup-policies/${policy}/runs`);
    await until(
      async () => (await api('GET', `/backup-runs/${run.id}`)).body.state,
      (state) => state === 'done',
    );
  };
  const prove = async (recoveryPoint: string) => {
    const { body: proof } = await api('POST', '/restore-tests', { recoveryPoint, level: 'L3' });
    await until(
      async () => (await api('GET', `/restore-tests/${proof.id}`)).body.state,
      (state) => state === 'passed',
    );
  };

  before(async () => {
    test = await startTestService({ worker: true });
    technician = await visit(test, test.acme.emails.technician);
    owner = await visit(test, test.acme.emails.owner);
    const source = `${test.dataDir}/source`;
    folder = `${test.dataDir}/stores/acme`;
    await mkdir(source);
    const made = async (path: string, body: object) => {
      const { status, body: one } = await api('POST', path, body);
      expect(status, JSON.stringify(one)).to.equal(201);
      return one.id as string;
    };
    asset = await made(inClient('/assets'), { name: 'Fichiers', kind: 'data-set', label: 'files' });
    const store = await made(inClient('/stores'), { name: 'Dépôt', address: `file://${folder}` });
    policy = await made('/backup-policies', { asset, store, source });
    for (const name of ['file-1', 'file-2', 'file-3']) await backUp(name);
    points = (await api('GET', inClient('/recovery-points'))).body.items.toReversed();
    expect(points).to.have.length(3);
  });
  after(() => test[Symbol.asyncDispose]());

  it('keeps everything until somebody sets it, and shows before saving why each point stays', async () => {
    expect(await retention()).to.include({
      number: 0,
      rules: null,
      reachDays: null,
      needsSecondPerson: true,
    });
    const untested = await simulate(LAST);
    expect([untested.stay, untested.go], 'nothing is proven yet').to.deep.equal([3, 0]);
    expect(untested.points.at(-1).because.map(({ code }: { code: string }) => code)).to.deep.equal([
      'no-proven-successor',
    ]);

    await prove(points[2]!.id);
    const proven = await simulate(LAST);
    expect([proven.stay, proven.go, proven.bytes]).to.deep.equal([1, 2, null]);
    expect(proven.points[0].because.map(({ code }: { code: string }) => code)).to.deep.equal([
      'newest',
      'last',
      'last-proven',
    ]);
    expect(proven.forecast).to.have.length(12);
    expect(proven.forecast[11].points).to.equal(1);
    expect((await simulate({ ...RULES, daily: 30 })).forecast[11].points).to.equal(30);
    const page = await technician.read(`/backup-policies/${policy}/retention?simulate=yes&last=1`);
    expect(page).to.include('rien n’est enregistré').and.to.include('dernier point prouvé');
    expect(page.match(/Peut s’en aller/g)).to.have.length(2);
    expect((await retention()).number, 'nothing was saved').to.equal(0);
  });

  it('refuses rules that keep nothing, who may not, who is from elsewhere, and two at once', async () => {
    const path = `/backup-policies/${policy}/retention`;
    const { status, body } = await api('PUT', path, { rules: RULES });
    expect([status, JSON.stringify(body)].join())
      .to.include('422')
      .and.to.include('keep nothing');
    expect((await api('PUT', path, { rules: LAST }, 'consultant')).status).to.equal(403);
    expect((await api('GET', path, undefined, 'client-reader')).status).to.equal(403);
    const foreign = await test.api(test.other.tokens.owner, 'GET', `/api/v1${path}`);
    expect(foreign.status).to.equal(404);
    const stale = await api('PUT', path, { rules: null, damageNoticedDays: 3 }, 'owner', {
      'if-match': '"old"',
    });
    expect(stale.status).to.equal(409);
    const nothing = await technician.send(path, await wanted({}));
    expect(await nothing.text()).to.include('rien ne serait conservé');
  });

  it('is shortened by two people, who see which points go; a held point stays until two people lift its hold', async () => {
    const { body: hold } = await api('POST', inClient('/legal-holds'), {
      reason: 'Ordonnance du tribunal',
      recoveryPoint: points[1]!.id,
    });
    expect((await point(1)).holds).to.deep.equal([{ id: hold.id, reason: 'Ordonnance du tribunal' }]);
    const path = `/backup-policies/${policy}/retention`;
    const byToken = await api('PUT', path, { rules: LAST, reason: 'Place' });
    expect([byToken.status, byToken.body.key ?? byToken.body.type].join()).to.include('409');
    expect(await (await technician.send(path, await wanted({ last: '1' }))).text()).to.include(
      'une autre personne doit l’accorder',
    );
    const asked = await technician.send(
      path,
      await wanted({ last: '1', reason: 'Place', damageNoticedDays: '30' }),
    );
    expect(asked.status).to.equal(303);
    const id = requestOf(asked);
    const { body: request } = await api('GET', `/removal-requests/${id}`);
    expect(request).to.include({ kind: 'shorten-retention', state: 'asked', count: 1, reason: 'Place' });
    expect(request.points[0].id).to.equal(points[0]!.id);
    expect((await retention()).rules).to.equal(null);

    const page = await owner.read(`/removal-requests/${id}`);
    expect(page).to.include('Derniers points').and.to.include('Ce qui s’en va');
    const version = versionIn(page);
    const own = await technician.send(`/removal-requests/${id}/granting`, { version });
    expect(own.status, 'who asked').to.equal(409);
    expect((await api('POST', `/removal-requests/${id}/granting`, {})).status, 'a token').to.equal(409);
    expect((await owner.send(`/removal-requests/${id}/granting`, { version })).status).to.equal(303);
    expect(await retention()).to.include({ reachDays: 0, isTooShort: true, number: 1 });
    await expired(1);
    expect((await point(0)).expiry).to.include({ state: 'expired', cause: 'rules' });
    expect(await inStore()).to.deep.equal([points[1]!.point, points[2]!.point]);
    const dead = await api('POST', '/restore-tests', { recoveryPoint: points[0]!.id, level: 'L1' });
    expect(dead.status).to.equal(409);
    expect(await technician.read(`/recovery-points/${points[0]!.id}`)).to.include('Supprimé');

    expect((await technician.send(`/legal-holds/${hold.id}/lifting`, { reason: 'Close' })).status).to.equal(
      303,
    );
    const { body: requests } = await api('GET', inClient('/removal-requests'));
    const lifting = requests.items.find(({ kind }: { kind: string }) => kind === 'lift-hold').id;
    expect((await technician.send(`/removal-requests/${lifting}/granting`, {})).status).to.not.equal(303);
    const again = versionIn(await owner.read(`/removal-requests/${lifting}`));
    expect((await owner.send(`/removal-requests/${lifting}/granting`, { version: again })).status).to.equal(
      303,
    );
    expect((await api('GET', `/legal-holds/${hold.id}`)).body.state).to.equal('lifted');
    await until(
      async () => {
        await api('POST', `/backup-policies/${policy}/expiries`);
        return (await point(1)).expiry?.state;
      },
      (state) => state === 'expired',
    );
    expect(await inStore(), 'the last proven point stays').to.deep.equal([points[2]!.point]);
    const last = await api('POST', `/recovery-points/${points[2]!.id}/removal`, { reason: 'Place' });
    expect([last.status, last.body.detail].join()).to.include('409').and.to.include('last proven point');
  });

  it('does not count what went as there, and the store still agrees with what is known', async () => {
    const { body: listed } = await api('GET', inClient('/recovery-points'));
    expect(listed.items.map(({ expiry }: { expiry: unknown }) => expiry !== null)).to.deep.equal([
      false,
      true,
      true,
    ]);
    await api('POST', `/backup-policies/${policy}/clean-ups`);
    const looked = await until(
      async () => (await api('GET', `/backup-policies/${policy}/clean-up`)).body,
      ({ standing }) => standing === 'agrees' || standing === 'differs' || standing === 'failed',
    );
    expect([looked.standing, looked.found.lost, looked.left.count]).to.deep.equal(['agrees', 0, 0]);
    expect(await test.service.inProvider(test.acme.id, verifyChain)).to.include({ intact: true });
  });

  it('judges anew what a dead worker left half done: a hold that came meanwhile keeps it, and voids what was asked', async () => {
    await backUp('file-4');
    points = (await api('GET', inClient('/recovery-points'))).body.items.toReversed();
    await prove(points[3]!.id);
    const asked = await technician.send(`/recovery-points/${points[2]!.id}/removal`, { reason: 'Place' });
    const request = requestOf(asked);
    const decided = await test.service.inProvider(test.acme.id, (work) =>
      decideExpiry(work, policy, new Set()),
    );
    expect(decided.going.map(({ point: name }) => name)).to.deep.equal([points[2]!.point]);
    expect((await point(2)).expiry).to.include({ state: 'going', cause: 'rules' });

    await api('POST', inClient('/legal-holds'), { reason: 'Enquête' });
    await api('POST', `/backup-policies/${policy}/expiries`);
    await until(
      async () => (await point(2)).expiry.state,
      (state) => state === 'kept',
    );
    expect(await inStore()).to.deep.equal([points[2]!.point, points[3]!.point]);
    const version = versionIn(await owner.read(`/removal-requests/${request}`));
    const granted = await owner.send(`/removal-requests/${request}/granting`, { version });
    expect(granted.status).to.equal(409);
    expect(await granted.text()).to.include('Ce que la demande montrait a changé');
  });

  it('is asked for once at a time, and withdrawn by who asked only', async () => {
    const path = `/backup-policies/${policy}/retention`;
    const asked = await technician.send(
      path,
      await wanted({ last: '1', reason: 'Seul', needsSecondPerson: '' }),
    );
    const id = requestOf(asked);
    const twice = await technician.send(
      path,
      await wanted({ last: '1', reason: 'Seul', needsSecondPerson: '' }),
    );
    expect(await twice.text()).to.include('attend déjà');
    expect(await owner.read(`/removal-requests/${id}`)).to.include('la nécessité d’une deuxième personne');
    expect((await owner.send(`/removal-requests/${id}/withdrawal`, {})).status).to.equal(409);
    expect((await technician.send(`/removal-requests/${id}/withdrawal`, {})).status).to.equal(303);
    expect((await api('GET', `/removal-requests/${id}`)).body.state).to.equal('withdrawn');
    expect((await retention()).needsSecondPerson).to.equal(true);
  });
});
