import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { listAttempts } from '#/plans/attempts.ts';
import { verifyChain } from '#/plans/audit.ts';
import { addBackupPolicy } from '#/plans/backup-policies.ts';
import { findBackupRun, requestBackup } from '#/plans/backup-runs.ts';
import { addDependency, NewDependency } from '#/plans/dependencies.ts';
import { findDrill, NewDrill, startDrill } from '#/plans/drills/drills.ts';
import { listRecoveryPoints } from '#/plans/recovery-points.ts';
import { findReport } from '#/plans/reports/reports.ts';
import { requestReport } from '#/plans/reports/requests.ts';
import { requestRestoreTest } from '#/plans/restore-test-requests.ts';
import { findRestoreTest } from '#/plans/restore-tests.ts';
import { addScenario, NewScenario } from '#/plans/scenarios.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { startEmbeddedPostgresql } from '#/server/postgresql/embedded.ts';
import { findPostmaster } from '#/server/postgresql/postmaster.ts';
import { prepareDatabase, startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { makeFastFolder } from '../support/folders.ts';
import { found, until } from '../support/service.ts';

/** In full: OUTAGES=stop,kill,stop,kill. */
const OUTAGES = (process.env.OUTAGES ?? 'kill').split(',');
const MEGABYTES = 150;
const OPEN = ['queued', 'running'];
const VERSIONS = { product: 'test', engine: 'test' };

describe('a database that goes away while everything is under way', function () {
  this.timeout(180_000);

  it('is killed and comes back: backup, restore test, report and drill end once, and as they should', async () => {
    await using stack = new AsyncDisposableStack();
    const dataDir = await makeFastFolder('outage');
    stack.defer(() => rm(dataDir, { recursive: true, force: true }));
    const folder = join(dataDir, 'postgresql');
    const cluster = join(folder, 'cluster');
    const start = () => startEmbeddedPostgresql({ dataDir: folder, settings: { fsync: 'off' } });
    let server = await start();
    stack.defer(() => server.stop());
    await prepareDatabase(server.ownerUrl);
    await heartbeatSoon(server.superuserUrl);
    const settings = readSettings(
      {
        DATA_DIR: dataDir,
        DATABASE_URL: server.serviceUrl,
        LOCAL_SOURCES: dataDir,
        LOG_LEVEL: 'silent',
        STOP_SECONDS: '1',
      },
      { PATH: process.env.PATH },
    );
    const service = stack.use(await startService(settings, { web: false, worker: true }));
    const { id: provider, client } = await found(service, 'Acme', 'acme.example');
    const within = <T>(run: (work: Work) => Promise<T>) => service.inProvider(provider, run);
    const source = join(dataDir, 'source');
    await mkdir(source);
    for (let file = 0; file < MEGABYTES; file++)
      await writeFile(join(source, `${file}`), randomBytes(1_000_000));
    const { policy, asset, label } = await within((work) => protect(work, { client, dataDir, source }));

    const first = await within((work) => requestBackup(work, policy));
    await until(() => within((work) => findBackupRun(work, first.id)), isEnded);
    const [point] = await within((work) => listRecoveryPoints(work, client));
    const proof = await within((work) => requestRestoreTest(work, { recoveryPoint: point!.id }));
    await until(() => within((work) => findRestoreTest(work, proof.id)), isEnded);

    for (let file = 0; file < MEGABYTES / 2; file++)
      await writeFile(join(source, `${file}`), randomBytes(1_000_000));
    const drill = await within((work) => drillLossOf(work, client, asset));
    const run = await within((work) => requestBackup(work, policy));
    const report = await within((work) =>
      requestReport(work, client, { kind: 'readiness', subject: null, locale: 'fr' }, VERSIONS),
    );
    const states = async () => [
      (await within((work) => findBackupRun(work, run.id))).state,
      (await within((work) => findDrill(work, drill.id))).items[0]!.state,
      (await within((work) => findReport(work, report.id))).state,
    ];
    await until(states, (seen) => seen.filter((state) => state === 'running').length === 3, 30_000);
    for (const how of OUTAGES) {
      await until(states, (seen) => seen.includes('running'), 30_000);
      if (how === 'stop') await server.stop();
      else process.kill((await findPostmaster(cluster))!.pid, 'SIGKILL');
      await sleep(1000);
      server = await start();
    }

    const after = await until(states, (seen) => seen.every((state) => !OPEN.includes(state)), 120_000);
    expect(after).to.deep.equal(['done', 'done', 'done']);
    expect(
      await until(
        () => within((work) => findDrill(work, drill.id)),
        ({ state }) => state !== 'running',
      ),
    ).to.include({ state: 'passed' });
    const attempts = await within((work) => listAttempts(work, run.id));
    expect(attempts.filter(({ how }) => how === 'done').length).to.be.at.most(1);
    expect(attempts.every(({ endedAt }) => endedAt !== null)).to.equal(true);
    const onRecord = (await within((work) => listRecoveryPoints(work, client))).map((one) => one.point);
    expect(onRecord).to.have.length(2);
    const store = await openStore(`file://${dataDir}/stores/acme`);
    const { points } = await listPoints(store, label);
    await store.close();
    expect(points.map(({ id }) => id).sort(), 'no point without a row').to.deep.equal(onRecord.sort());
    expect(await within(verifyChain)).to.include({ intact: true });
  });
});

const isEnded = ({ state }: { state: string }) => !OPEN.includes(state);

/** What nobody beats for is noticed after 10 seconds in place of 30: the least that pg-boss allows. */
async function heartbeatSoon(superuserUrl: string) {
  await using session = await openSession(
    Object.assign(new URL(superuserUrl), { pathname: '/reprise' }).href,
  );
  await session.query('update pgboss.queue set heartbeat_seconds = 10');
}

async function protect(
  work: Work,
  { client, dataDir, source }: Record<'client' | 'dataDir' | 'source', string>,
) {
  const { id, label } = await addAsset(work, client, NewAsset.parse({ name: 'Fichiers', kind: 'data-set' }));
  const address = `file://${dataDir}/stores/acme`;
  const store = await addStore(work, client, NewStore.parse({ name: 'Coffre', address }));
  const policy = await addBackupPolicy(work, {
    asset: id,
    store: store.id,
    source,
    intervalSeconds: 86_400,
    lockDays: null,
    lockMode: 'compliance' as const,
    isGentle: false,
  });
  return { policy: policy.id, asset: id, label };
}

async function drillLossOf(work: Work, client: string, asset: string) {
  const activity = await addActivity(work, client, NewActivity.parse({ name: 'Facturer' }));
  const from = { kind: 'activity' as const, id: activity.id };
  await addDependency(work, client, NewDependency.parse({ from, to: asset, kind: 'hard' }));
  const scenario = await addScenario(
    work,
    client,
    NewScenario.parse({ name: 'Panne', family: 'ict-assets-lost', effects: [{ asset, effect: 'lost' }] }),
  );
  return startDrill(work, client, NewDrill.parse({ scenario: scenario.id }));
}
