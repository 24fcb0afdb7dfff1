import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { listPoints } from '#/jobs/recovery-points/points.ts';
import { openSession } from '#/jobs/sources/postgresql-connection.ts';
import { openStore } from '#/jobs/stores/open.ts';
import { addAsset, NewAsset } from '#/plans/assets.ts';
import { addBackupPolicy } from '#/plans/backup-policies.ts';
import { findBackupRun, requestBackup } from '#/plans/backup-runs.ts';
import { listRecoveryPoints } from '#/plans/recovery-points.ts';
import { addStore, NewStore } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { prepareDatabase, startService } from '#/server/service.ts';
import { readSettings } from '#/server/settings.ts';
import { createTestDatabase } from '../support/postgresql.ts';
import { found, until } from '../support/service.ts';

describe('a worker that dies between the head and its row', function () {
  this.timeout(180_000);

  it('the next one ends the run with the point that is there, and makes no second one', async () => {
    await using stack = new AsyncDisposableStack();
    const database = stack.use(await createTestDatabase(prepareDatabase));
    const dataDir = await mkdtemp(join(tmpdir(), 'reprise-lost-'));
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
    await mkdir(source);
    await writeFile(join(source, 'note.txt'), 'kept');
    const { policy, label } = await within((work) => protect(work, { client, dataDir, source }));

    const workers: ChildProcess[] = [];
    stack.defer(() => workers.forEach(killWhole));
    const startWorker = () => workers.push(spawnWorker(env));
    const { id } = await within((work) => requestBackup(work, policy));

    // Rows of points can be read and not written: the worker waits between the head and its row.
    const lock = await openSession(database.superuserUrl);
    await lock.query('begin');
    await lock.query('lock table recovery_points in share mode');
    startWorker();
    const points = () => listedIn(`file://${dataDir}/stores/acme`, label);
    const [made] = await until(points, (listed) => listed.length > 0);
    killWhole(workers.pop());
    await lock.query('rollback');
    await lock[Symbol.asyncDispose]();
    expect((await within((work) => findBackupRun(work, id))).state).to.equal('running');
    expect(await within((work) => listRecoveryPoints(work, client))).to.deep.equal([]);

    startWorker();
    const run = await until(
      () => within((work) => findBackupRun(work, id)),
      ({ state }) => state !== 'queued' && state !== 'running',
      120_000,
    );
    expect(run).to.include({ state: 'done', finding: null });
    const rows = await within((work) => listRecoveryPoints(work, client));
    expect(rows.map(({ point }) => point)).to.deep.equal([made?.id]);
    expect((await points()).map((one) => one.id)).to.deep.equal([made?.id]);
  });
});

async function protect(
  work: Work,
  { client, dataDir, source }: Record<'client' | 'dataDir' | 'source', string>,
) {
  const { id, label } = await addAsset(work, client, NewAsset.parse({ name: 'Fichiers', kind: 'data-set' }));
  const store = await addStore(
    work,
    client,
    NewStore.parse({ name: 'Coffre', address: `file://${dataDir}/stores/acme` }),
  );
  const policy = await addBackupPolicy(work, {
    asset: id,
    store: store.id,
    source,
    intervalSeconds: 86_400,
    lockDays: null,
    lockMode: 'compliance' as const,
    isGentle: false,
  });
  return { policy: policy.id, label };
}

async function listedIn(address: string, asset: string) {
  const store = await openStore(address).catch(() => null);
  if (!store) return [];
  try {
    return (await listPoints(store, asset)).points;
  } catch {
    return []; // the worker has not made the folder yet
  } finally {
    await store.close();
  }
}

function spawnWorker(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [resolve('server/reprise.mjs'), 'worker'], {
    env: { PATH: process.env.PATH, ...env },
    detached: true, // a process group of its own, so that all of it can be killed at once
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function killWhole(worker: ChildProcess | undefined) {
  if (worker?.pid && worker.exitCode === null && worker.signalCode === null)
    process.kill(-worker.pid, 'SIGKILL');
}
