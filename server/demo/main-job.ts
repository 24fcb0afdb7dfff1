/** The main job from end to end: back up, prove by restoring, report. Each step waits for the one before it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBackupRun, requestBackup } from '#/plans/backup-runs.ts';
import { findRecoveryPoint, listRecoveryPoints } from '#/plans/recovery-points.ts';
import { findReport, openReport, requestReport } from '#/plans/reports/reports.ts';
import { findRestoreTest, type RestoreTest, requestRestoreTest } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import type { Service } from '../service.ts';
import { VERSIONS } from '../versions.ts';
import type { Founded } from './found.ts';

const PATIENCE_MS = 10 * 60_000;

export interface MainJob {
  recoveryPoints: { asset: string; id: string; bytes: number; files: number }[];
  restoreTests: {
    asset: string;
    level: string;
    state: string;
    seconds: number | null;
    plantedFaults: number;
    caught: number;
  }[];
  reports: { kind: string; path: string; sha256: string; pages: number }[];
}

/** A step that did not end well, in words for whoever runs it. */
export class MainJobFailed extends Error {
  override name = 'MainJobFailed';
}

interface Runner {
  service: Service;
  provider: string;
  tell: (line: string) => void;
}

export async function runMainJob(
  runner: Runner,
  { client, policies }: Founded,
  reportsDir: string,
): Promise<MainJob> {
  const pointIds: string[] = [];
  for (const policy of policies) pointIds.push(await backUp(runner, client.id, policy));
  const tests: RestoreTest[] = [];
  for (const point of pointIds) tests.push(await proveRestore(runner, point));
  const reports = [
    await report(runner, client.id, 'fr', reportsDir),
    await report(runner, client.id, 'en', reportsDir),
  ];

  const points = await Promise.all(
    pointIds.map((id) => runner.service.inProvider(runner.provider, (work) => findRecoveryPoint(work, id))),
  );
  return {
    recoveryPoints: points.map(({ asset, point, bytes, files }) => ({
      asset: asset.label,
      id: point,
      bytes,
      files,
    })),
    restoreTests: tests.map((test) => ({
      asset: test.asset.label,
      level: test.reached ?? test.requested,
      state: test.state,
      seconds: test.seconds,
      plantedFaults: test.plantedFaults,
      caught: test.caught,
    })),
    reports,
  };
}

async function backUp(
  { service, provider, tell }: Runner,
  client: string,
  policy: { asset: string; id: string },
): Promise<string> {
  tell(`Backing up ${policy.asset}`);
  const { id } = await service.inProvider(provider, (work) => requestBackup(work, policy.id));
  const run = await ended(service, provider, (work) => findBackupRun(work, id));
  if (run.state === 'failed')
    throw new MainJobFailed(`The backup of ${policy.asset} failed: ${run.finding?.message}`);
  const points = await service.inProvider(provider, (work) => listRecoveryPoints(work, client));
  const point = points.find(({ asset }) => asset.label === policy.asset);
  if (!point) throw new MainJobFailed(`The backup of ${policy.asset} left no recovery point.`);
  return point.id;
}

async function proveRestore({ service, provider, tell }: Runner, point: string): Promise<RestoreTest> {
  const { id, asset } = await service.inProvider(provider, (work) =>
    requestRestoreTest(work, { recoveryPoint: point }),
  );
  tell(`Restoring ${asset.label} and comparing`);
  return ended(service, provider, (work) => findRestoreTest(work, id));
}

async function report(
  { service, provider, tell }: Runner,
  client: string,
  locale: 'fr' | 'en',
  folder: string,
) {
  tell(`Making the report (${locale})`);
  const { id, kind } = await service.inProvider(provider, (work) =>
    requestReport(work, client, { kind: 'readiness', locale }, VERSIONS),
  );
  const done = await ended(service, provider, (work) => findReport(work, id));
  if (done.state === 'failed')
    throw new MainJobFailed(`The report could not be made: ${done.finding?.message}`);
  const { key, name, sha256 } = await service.inProvider(provider, (work) => openReport(work, id));
  await mkdir(folder, { recursive: true });
  const path = `${folder}/${locale}-${name}`;
  await writeFile(path, await service.documents.get(key));
  return { kind: `${kind}-${locale}`, path, sha256, pages: done.pages ?? 0 };
}

const OPEN = ['queued', 'running'];

async function ended<Thing extends { state: string }>(
  service: Service,
  provider: string,
  find: (work: Work) => Promise<Thing>,
): Promise<Thing> {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const thing = await service.inProvider(provider, find);
    if (!OPEN.includes(thing.state)) return thing;
    await sleep(200);
  }
  throw new MainJobFailed('It took more than ten minutes; the log says what happened.');
}
