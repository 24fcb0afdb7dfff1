import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import {
  repositoryMissed,
  repositoryUnread,
  snapshotLost,
  snapshotMissing,
} from '#/plans/alerts/rules/repositories.ts';
import { proofStale, testFailed } from '#/plans/alerts/rules/restore-tests.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { findClient } from '#/plans/clients.ts';
import { finding } from '#/plans/findings.ts';
import { pointsLost } from '#/plans/readiness/contradictions.ts';
import { measureGaps } from '#/plans/readiness/restore-proof.ts';
import { surveyOf } from '#/plans/readiness/survey.ts';
import { foreignProofs } from '#/plans/reports/readiness/foreign-proofs.ts';
import { queueExpectedLooks } from '#/plans/repositories/expected-looks.ts';
import { failLook, finishLook, type SeenSnapshot, startLook } from '#/plans/repositories/looks.ts';
import {
  finishRepositoryProof,
  type RepositoryProofResult,
  requestRepositoryProof,
  startRepositoryProof,
} from '#/plans/repositories/proofs.ts';
import { queueLook } from '#/plans/repositories/repositories.ts';
import { queueDueWork } from '#/plans/scheduled-work.ts';
import type { Work } from '#/plans/work.ts';
import { startTestService, type TestService } from '../support/service.ts';
import { visit } from '../support/visitor.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('what another tool keeps of an asset', function () {
  this.timeout(60_000);
  let test: TestService;
  const start = Date.now();
  before(async () => {
    test = await startTestService();
  });
  after(() => test[Symbol.asyncDispose]());

  const api = (method: string, path: string, body?: object) =>
    test.api(test.acme.tokens.owner, method, `/api/v1${path}`, body);
  const inWork = <Done>(at: number, run: (work: Work) => Promise<Done>): Promise<Done> =>
    test.service.inProvider(test.acme.id, (work) => run({ ...work, now: new Date(start + at) }));

  let count = 0;
  /** A repository of an asset of its own, with its password given. */
  async function held(given: object = {}) {
    const name = `Fichiers ${++count}`;
    const made = await api('POST', `/clients/${test.acme.client}/assets`, { name, kind: 'data-set' });
    const asset = made.body.id as string;
    const address = pathToFileURL(`${test.dataDir}/stores/r${count}`).href;
    const added = await api('POST', `/clients/${test.acme.client}/repositories`, {
      ...{ name, tool: 'restic', asset, address, everySeconds: 86_400 },
      ...given,
    });
    expect(added.status, JSON.stringify(added.body)).to.equal(201);
    await api('PUT', `/repositories/${added.body.id}/secrets`, { password: 'x' });
    return { asset, repository: added.body.id as string, name };
  }
  const seen = (id: string, at: number, given: Partial<SeenSnapshot> = {}): SeenSnapshot => ({
    ...{ id, name: id, host: 'nas', paths: ['/srv'], series: '/srv' },
    dataTime: new Date(start + at),
    endedAt: new Date(start + at + HOUR),
    ...given,
  });
  const look = (repository: string, at: number, snapshots: SeenSnapshot[] | null) =>
    inWork(at, async (work) => {
      await queueLook(work, repository);
      const { id } = await work.db
        .selectFrom('repository_looks')
        .select('id')
        .where('repository_id', '=', repository)
        .where('state', '=', 'queued')
        .executeTakeFirstOrThrow();
      await startLook(work, id);
      if (snapshots) await finishLook(work, id, { tool: 'restic 0.17.0', snapshots });
      else await failLook(work, id, finding('repository.worker-died', 'It died.'));
    });
  const prove = (repository: string, at: number, result: Partial<RepositoryProofResult> = {}) =>
    inWork(at, async (work) => {
      const { id } = await requestRepositoryProof(work, repository);
      await startRepositoryProof(work, id);
      await finishRepositoryProof(work, id, { result: { ...PASSED, ...result }, finding: null });
      return id;
    });
  const factsOf = async (work: Work) =>
    (await loadFacts(work, [await findClient(work, test.acme.client)])).get(test.acme.client)!;
  const known = (asset: string, at: number) =>
    inWork(at, async (work) => {
      const facts = await factsOf(work);
      const survey = surveyOf(facts, 365);
      const own = facts.assets.find(({ id }) => id === asset)!;
      const proof = survey.proof.get(asset)!;
      const measure = survey.measures.get(asset)!;
      return {
        claimedHours: proof.claimedGapSeconds && proof.claimedGapSeconds / 3600,
        provenHours: proof.provenGapSeconds && Math.round(proof.provenGapSeconds / 3600),
        gaps: measureGaps(own, measure, 365).map(({ key }) => key),
        timing: survey.timings.get(asset)!,
        lost: pointsLost(own, survey).map(({ params }) => params.count),
        policies: facts.policies.filter((policy) => policy.asset === asset),
        codes: facts.evidence
          .filter(({ subject }) => subject.id === asset)
          .map(({ code }) => code)
          .sort(),
      };
    });

  it('counts as points by its list, and is proved by a restore alone', async () => {
    const { asset, repository, name } = await held({ isOffsite: true, account: 'Acme' });
    await look(repository, 0, [seen('a', -30 * HOUR), seen('b', -6 * HOUR)]);
    const listed = await known(asset, 0);
    // From the data of one until the next is whole.
    expect(listed.claimedHours).to.equal(25);
    expect(listed.provenHours).to.equal(null);
    expect(listed.gaps).to.deep.equal(['readiness.restore-never-measured']);
    expect(listed.policies[0]).to.deep.include({ tool: 'restic', intervalSeconds: 86_400 });
    expect(listed.policies[0]!.store).to.include({ isOffsite: true, account: 'Acme' });
    expect(listed.codes).to.deep.equal([]);

    await prove(repository, HOUR);
    const proved = await known(asset, HOUR);
    expect(proved.gaps).to.deep.equal([]);
    expect(proved.provenHours).to.equal(7);
    expect(proved.timing).to.include({ standing: 'measured', source: 'repository-proof', seconds: 1200 });
    expect(proved.codes).to.deep.equal(['BRN', 'INT', 'RST']);
    const report = await inWork(HOUR, async (work) => foreignProofs(work, await factsOf(work)));
    expect(report.find(({ point }) => point === `${name} · b`)).to.deep.include({
      ...{ asset: name, state: 'passed', reached: 'L3', seconds: 1200, plantedFaults: 2, caught: 2 },
    });
    expect(report[0]!.evidence).to.be.a('string');

    expect((await known(asset, 366 * DAY)).gaps, 'it grows old as ours do').to.deep.equal([
      'readiness.restore-stale',
    ]);
  });

  it('is not shown by a restore without planted damage, which is told and counts for nothing', async () => {
    const { asset, repository } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    await prove(repository, 0, {
      plantedFaults: PASSED.plantedFaults.filter(({ level }) => level !== 'L2b'),
      notShown: ['faults-in-repository'],
    });
    const { gaps, provenHours, timing, codes } = await known(asset, 0);
    expect(gaps).to.deep.equal(['readiness.restore-not-shown']);
    expect(provenHours).to.equal(null);
    expect(timing.standing).to.not.equal('measured');
    expect(codes).to.deep.equal([]);
    expect((await api('GET', `/repositories/${repository}`)).body).to.include({ state: 'listed' });
  });

  it('proves runs and integrity, and no restore, where damage was noticed in reading alone', async () => {
    const { asset, repository } = await held({ tool: 'pgbackrest', series: 'main' });
    await look(repository, 0, [seen('20261123-174343F', -HOUR)]);
    await prove(repository, 0, {
      plantedFaults: PASSED.plantedFaults.filter(({ level }) => level === 'L2b'),
    });
    expect((await api('GET', `/repositories/${repository}`)).body).to.include({ state: 'listed' });
    const { gaps, codes, provenHours } = await known(asset, 0);
    expect(gaps).to.deep.equal(['readiness.restore-not-shown']);
    expect(codes).to.deep.equal(['BRN', 'INT']);
    expect(provenHours).to.equal(1);
  });

  it('is lost when it goes before its time, with the proof of it', async () => {
    const { asset, repository } = await held({ keptDays: 7 });
    await look(repository, 0, [seen('old', -8 * DAY), seen('a', -2 * DAY), seen('b', -HOUR)]);
    await prove(repository, 0);
    await look(repository, HOUR, [seen('a', -2 * DAY)]);
    const { lost, gaps } = await known(asset, 2 * HOUR);
    expect(lost, 'the one older than seven days was let go').to.deep.equal([1]);
    expect(gaps).to.deep.equal(['readiness.restore-never-measured']);
    const alerts = () =>
      inWork(3 * HOUR, async (work) =>
        (await snapshotLost.find(work))
          .filter(({ key }) => key === repository)
          .map(({ reason }) => reason.params.count),
      );
    expect(await alerts()).to.deep.equal([1]);
    await prove(repository, 3 * HOUR);
    expect(await alerts()).to.deep.equal([]);
    expect((await known(asset, 4 * HOUR)).lost).to.deep.equal([]);
  });

  it('counts for nothing while nobody says whose of several backups it is', async () => {
    const { asset, repository } = await held();
    await look(repository, 0, [seen('a', -HOUR), seen('b', -9 * DAY, { host: 'poste', series: '/home' })]);
    expect((await api('GET', `/repositories/${repository}`)).body).to.include({ state: 'mixed' });
    expect((await known(asset, 0)).claimedHours).to.equal(null);
    const refused = await api('POST', `/repositories/${repository}/proofs`, {});
    expect([refused.status, refused.body.key]).to.deep.equal([409, 'repository.mixed']);
    const { body } = await api('GET', `/repositories/${repository}`);
    await api('PUT', `/repositories/${repository}`, { ...body, host: 'poste' });
    expect((await known(asset, 0)).claimedHours).to.equal(9 * 24);
    expect((await api('GET', `/repositories/${repository}`)).body).to.include({ state: 'late' });
  });

  it('is read and proved by itself, once for each snapshot', async () => {
    const { repository, asset } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    const { items } = (await api('GET', `/clients/${test.acme.client}/repository-schedules`)).body;
    const own = items.filter((one: { repository: string }) => one.repository === repository);
    expect(
      own.map(({ what, rhythm }: { what: string; rhythm: string }) => `${what} ${rhythm}`),
    ).to.deep.equal(['look interval', 'proof monthly']);
    const { id, ...proof } = own[1];
    const changed = await api('PUT', `/repository-schedules/${id}`, {
      ...proof,
      rhythm: 'daily',
      at: ['03:00'],
      startWindowSeconds: 86_400,
    });
    expect(changed.status, JSON.stringify(changed.body)).to.equal(200);
    const tick = (at: number) => queueDueWork((run) => inWork(at, run));
    await tick(0);
    await tick(DAY);
    const asked = (await api('GET', `/repositories/${repository}/proofs`)).body.items;
    expect(asked).to.have.length(1);
    await inWork(DAY, async (work) => {
      await startRepositoryProof(work, asked[0].id);
      await finishRepositoryProof(work, asked[0].id, { result: PASSED, finding: null });
    });
    await tick(2 * DAY);
    expect((await api('GET', `/repositories/${repository}/proofs`)).body.items).to.have.length(1);

    const owner = await visit(test, test.acme.emails.owner);
    const page = await owner.read(`/repository-schedules/${id}`);
    expect(page).to.include('Preuve par restauration').and.include('rien de nouveau à prouver');
    expect(await owner.read(`/repository-proofs/${asked[0].id}`))
      .to.include('Un octet changé dans le dépôt')
      .and.include('Restauration complète');
    expect(await owner.read(`/assets/${asset}`))
      .to.include('Sauvegardes par d’autres outils')
      .and.include('contenu d’après la liste');
    const second = await api('POST', `/clients/${test.acme.client}/repository-schedules`, {
      ...{ repository, what: 'look', rhythm: 'daily', at: ['01:00'] },
    });
    expect([second.status, second.body.key]).to.deep.equal([409, 'repository-schedule.second']);
  });

  it('is read anew when a snapshot should have come, once an hour and no longer than another interval', async () => {
    const { repository } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    const asked = async (at: number) => {
      await inWork(at, queueExpectedLooks);
      const open = await inWork(at, ({ db }) =>
        db
          .selectFrom('repository_looks')
          .select('id')
          .where('repository_id', '=', repository)
          .where('state', '=', 'queued')
          .execute(),
      );
      return open.length;
    };
    expect(await asked(23 * HOUR)).to.equal(0);
    expect(await asked(24.5 * HOUR)).to.equal(1);
    await look(repository, 24.5 * HOUR, [seen('a', -HOUR)]);
    expect(await asked(25 * HOUR), 'not twice in an hour').to.equal(0);
    expect(await asked(3 * DAY)).to.equal(0);
    expect(await asked(26 * HOUR)).to.equal(1);
    await look(repository, 26 * HOUR, [seen('a', -HOUR), seen('b', 24 * HOUR)]);
    expect(await asked(30 * HOUR)).to.equal(0);
  });

  it('is told of when its proof failed, or is too old', async () => {
    const { asset, repository } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    await prove(repository, 0);
    const told = (at: number) =>
      inWork(at, async (work) => {
        const facts = await factsOf(work);
        return [...proofStale.find(facts), ...testFailed.find(facts)].filter(({ key }) => key === asset);
      });
    expect(await told(DAY)).to.deep.equal([]);
    expect((await told(366 * DAY)).map(({ reason }) => reason.key)).to.deep.equal(['alert.proof-stale']);
    await look(repository, DAY, [seen('a', -HOUR), seen('b', 20 * HOUR)]);
    const failed = await prove(repository, DAY, { verdict: 'failed', reached: null });
    const [alert] = await told(DAY);
    expect(alert!.subjects[1]).to.deep.include({ kind: 'repository-proof', id: failed });
    expect((await known(asset, DAY)).codes).to.include.members(['INT', 'RST']);
    expect((await api('GET', `/repositories/${repository}`)).body).to.include({ state: 'proof-failed' });
  });

  it('belongs to one client, and is changed by one person at a time', async () => {
    const { repository } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    const proof = await prove(repository, 0);
    const { items } = (await api('GET', `/clients/${test.acme.client}/repository-schedules`)).body;
    const { id, ...schedule } = items.find((one: { repository: string }) => one.repository === repository);
    const path = `/api/v1/repository-schedules/${id}`;
    for (const foreign of [path, `/api/v1/repository-proofs/${proof}`])
      expect((await test.api(test.other.tokens.owner, 'GET', foreign)).status).to.equal(404);
    const reader = test.acme.tokens['client-reader'];
    expect((await test.api(reader, 'PUT', path, schedule)).status).to.equal(403);
    expect((await test.api(reader, 'DELETE', path)).status).to.equal(403);

    const tag = { 'if-match': (await test.api(test.acme.tokens.owner, 'GET', path)).headers.get('etag')! };
    const every = (hours: number) => ({ ...schedule, rhythm: 'interval', everySeconds: hours * 3600 });
    const put = (body: object) => test.api(test.acme.tokens.owner, 'PUT', path, body, tag);
    expect((await put(every(5))).status).to.equal(200);
    expect((await put(every(7))).status, 'somebody was faster').to.be.within(409, 412);
    const bad = await api('PUT', `/repository-schedules/${id}`, { ...schedule, rhythm: 'weekly', at: [] });
    expect([bad.status, bad.body.key]).to.deep.equal([422, 'schedule.no-time']);
    expect((await api('DELETE', `/repository-schedules/${id}`)).status).to.be.within(200, 204);
    expect((await api('GET', `/repository-schedules/${id}`)).status).to.equal(404);
  });

  it('is told of when it cannot be read, gets no snapshot, or is missed', async () => {
    const { repository, name } = await held();
    await look(repository, 0, [seen('a', -HOUR)]);
    const told = (at: number) =>
      inWork(at, async (work) =>
        (
          await Promise.all(
            [repositoryUnread, snapshotMissing, repositoryMissed].map(({ find }) => find(work)),
          )
        )
          .flat()
          .filter(({ key }) => key === repository)
          .map(({ reason }) => reason.key),
      );
    expect(await told(0)).to.deep.equal([]);
    await look(repository, HOUR, null);
    expect(await told(HOUR)).to.deep.equal(['alert.repository-unread']);
    expect(await told(30 * HOUR), 'nobody could look').to.not.include('alert.snapshot-missing');
    expect(await told(3 * DAY)).to.include('alert.snapshot-missing');
    await look(repository, 30 * HOUR, [seen('a', -HOUR)]);
    expect(await told(30 * HOUR)).to.deep.equal(['alert.snapshot-missing']);
    await look(repository, 31 * HOUR, null);
    await inWork(0, (work) =>
      work.db
        .insertInto('occurrences')
        .columns(['client_id', 'schedule_id', 'due_at', 'begin_from', 'start_by'])
        .expression((from) =>
          from
            .selectFrom('schedules as schedule')
            .innerJoin('repository_schedules as recurring', 'recurring.id', 'schedule.subject_id')
            .select((row) => [
              'schedule.client_id',
              'schedule.id',
              row.val(new Date(start + HOUR)).as('due_at'),
              row.val(new Date(start + HOUR)).as('begin_from'),
              row.val(new Date(start + 2 * HOUR)).as('start_by'),
            ])
            .where('recurring.repository_id', '=', repository)
            .where('recurring.what', '=', 'proof'),
        )
        .execute(),
    );
    expect(await told(31 * HOUR), name).to.have.members([
      'alert.repository-unread',
      'alert.snapshot-missing',
      'alert.repository-proof-missed',
    ]);
  });
});

const PASSED: RepositoryProofResult = {
  ...{ verdict: 'passed', reached: 'L3', seconds: 1200, files: 3, bytes: 3000, tool: 'restic 0.17.0' },
  levels: [
    { level: 'L0', verdict: 'passed', observed: '2 snapshots' },
    { level: 'L2b', verdict: 'passed', observed: 'all data were read' },
    { level: 'L3', verdict: 'passed', observed: '3 entries, 0 differences' },
  ],
  plantedFaults: [
    { kind: 'byte-changed', level: 'L2b', caught: true },
    { kind: 'file-missing', level: 'L3', caught: true },
  ],
  ...{ differences: [], differenceCount: 0, notShown: ['content-by-list'], opened: null },
};
