import type { ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { addActivity, NewActivity } from '#/plans/activities.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
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
import { prepareDatabase, startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { found, until } from '../support/service.ts';
import { killWhole, spawnWorker } from '../support/workers.ts';

const VERSIONS = { product: 'test', engine: 'test' };

describe('a worker that is killed in the middle of everything', function () {
  this.timeout(240_000);

  it('leaves nothing running: the next one repeats the backup, the restore test and the report, and the drill goes on', async () => {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await createTestDatabase(prepareDatabase));
    const dataDir = await mkdtemp(join(tmpdir(), 'reprise-kill-'));
    stack.defer(() => rm(dataDir, { recursive: true, force: true }));
    const env = {
      DATA_DIR: dataDir,
      DATABASE_URL: database.serviceUrl,
      LOCAL_SOURCES: dataDir,
      LOG_LEVEL: 'error',
    };
    const service = stack.use(await startService(readSettings(env, {}), { web: false, worker: false }));
    const { id: provider, client } = await found(service, 'Acme', 'acme.example');
    const within = <T>(run: (work: Work) => Promise<T>) => service.inProvider(provider, run);
    const source = join(dataDir, 'source');
    await makeSource(source);

    const { policy, asset } = await within(async (work) => {
      const { id, label } = await addAsset(
        work,
        client,
        NewAsset.parse({ name: 'Fichiers', kind: 'data-set' }),
      );
      const address = `file://${dataDir}/stores/acme`;
      const store = await addStore(work, client, NewStore.parse({ name: 'Coffre', address }));
      const made = await addBackupPolicy(work, {
        asset: id,
        store: store.id,
        source,
        intervalSeconds: 86_400,
        lockDays: null,
        lockMode: 'compliance' as const,
        isGentle: false,
      });
      return { policy: made.id, asset: label };
    });

    const workers: ChildProcess[] = [];
    stack.defer(() => workers.forEach(killWhole));
    const startWorker = () => workers.push(spawnWorker(env));

    const first = await within((work) => requestBackup(work, policy));
    startWorker();
    expect((await until(() => within((work) => findBackupRun(work, first.id)), isEnded)).state).to.equal(
      'done',
    );
    const [point] = await within((work) => listRecoveryPoints(work, client));
    const proof = await within((work) => requestRestoreTest(work, { recoveryPoint: point?.id ?? '' }));
    await until(() => within((work) => findRestoreTest(work, proof.id)), isEnded);
    killWhole(workers.pop());

    const drill = await within((work) => drillLossOf(work, client, point?.asset.id ?? ''));
    const run = await within((work) => requestBackup(work, policy));
    const test = await within((work) => requestRestoreTest(work, { recoveryPoint: point?.id ?? '' }));
    const report = await within((work) =>
      requestReport(work, client, { kind: 'readiness', subject: null, locale: 'fr' }, VERSIONS),
    );
    const states = async () => [
      (await within((work) => findBackupRun(work, run.id))).state,
      (await within((work) => findRestoreTest(work, test.id))).state,
      (await within((work) => findReport(work, report.id))).state,
      (await within((work) => findDrill(work, drill.id))).state,
    ];
    startWorker();
    await until(states, (seen) => seen.filter((state) => state === 'running').length >= 2, 30_000);
    killWhole(workers.pop());
    const atDeath = await states();
    expect(atDeath.filter((state) => state === 'running').length, atDeath.join()).to.be.at.least(1);

    startWorker();
    const after = await until(
      states,
      (seen) => seen.every((state) => !['queued', 'running'].includes(state)),
      150_000,
    );
    expect(after).to.deep.equal(['done', 'passed', 'done', 'passed']);
    const { items, events } = await within((work) => findDrill(work, drill.id));
    expect(items.map(({ kind, state }) => `${kind} ${state}`)).to.deep.equal(['restore done']);
    expect(events.map(({ event }) => event)).to.deep.equal(['alarm', 'restore-begun', 'done', 'ended']);

    await using store = await openFolder(`${dataDir}/stores/acme`);
    const listed = await listPoints(store.store, asset);
    expect(listed.points.length).to.be.at.least(2);
    expect(listed.points.every(({ signature }) => signature !== 'broken')).to.equal(true);
    expect(await within(verifyChain)).to.include({ intact: true });
  });
});

/** An activity that needs nothing but this asset, and a scenario that takes it. */
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

const isEnded = ({ state }: { state: string }) => state !== 'queued' && state !== 'running';

/** Enough to be caught in the middle of: some thousand files of code, twice. */
async function makeSource(folder: string) {
  await mkdir(folder);
  await writeFile(join(folder, 'note.txt'), 'kept');
  for (const copy of ['a', 'b'])
    await cp('node_modules/@aws-sdk', join(folder, copy), { recursive: true, dereference: false });
}

async function openFolder(folder: string) {
  const store = await openStore(`file://${folder}`);
  return { store, [Symbol.asyncDispose]: () => store.close() };
}
