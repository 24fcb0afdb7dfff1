/** The main job from end to end: back up, prove by restoring, drill a scenario, report. Each step of a client waits for the one before it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBackupRun, requestBackup } from '#/plans/backup-runs.ts';
import { findRecoveryPoint, listRecoveryPoints } from '#/plans/recovery-points.ts';
import { openReport } from '#/plans/reports/downloads.ts';
import { releaseReport } from '#/plans/reports/release.ts';
import { findReport } from '#/plans/reports/reports.ts';
import { requestReport } from '#/plans/reports/requests.ts';
import { requestRestoreTest } from '#/plans/restore-test-requests.ts';
import { findRestoreTest, type RestoreTest } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import type { Service } from '../service.ts';
import { VERSIONS } from '../versions.ts';
import { drillRansomware } from './drill.ts';
import type { FoundedPolicy } from './found/protection.ts';
import type { Founded } from './found.ts';
import { type ClientStanding, standingsOf } from './standings.ts';

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
  drill: { scenario: string; state: string; page: string; deviations: number; seconds: number };
  reports: { kind: string; path: string; sha256: string; pages: number }[];
  clients: ClientStanding[];
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

/** The reports are of the client that is told in full. */
export async function runMainJob(runner: Runner, founded: Founded, reportsDir: string): Promise<MainJob> {
  const { clients } = founded;
  const done = await backUpAndProveAll(runner, founded);
  const {
    id: drill,
    scenario,
    state,
    outcome,
    alarmAt,
    endedAt,
  } = await drillRansomware(runner, clients[0].id);
  const reports = [
    await report(runner, clients[0].id, 'fr', reportsDir),
    await report(runner, clients[0].id, 'en', reportsDir),
  ];
  return {
    recoveryPoints: done.map(({ point }) => point),
    restoreTests: done.flatMap(({ tests }) =>
      tests.map((test) => ({
        asset: test.asset.label,
        level: test.reached ?? test.requested,
        state: test.state,
        seconds: test.seconds,
        plantedFaults: test.plantedFaults,
        caught: test.caught,
      })),
    ),
    drill: {
      scenario: scenario.name,
      state,
      page: `/drills/${drill}`,
      deviations: outcome?.deviations.length ?? 0,
      seconds: (Date.parse(endedAt ?? alarmAt) - Date.parse(alarmAt)) / 1000,
    },
    reports,
    clients: await runner.service.inProvider(runner.provider, (work) => standingsOf(work, clients)),
  };
}

/** Side by side: one is backed up while another is restored. */
export const backUpAndProveAll = (runner: Runner, { clients }: Founded) =>
  Promise.all(
    clients.flatMap(({ id, policies }) => policies.map((policy) => backUpAndProve(runner, id, policy))),
  );

async function backUpAndProve(runner: Runner, client: string, policy: FoundedPolicy) {
  const { service, provider } = runner;
  const id = await backUp(runner, client, policy);
  const tests: RestoreTest[] = [];
  for (let test = 0; test < policy.tests; test += 1) tests.push(await proveRestore(runner, id));
  const { asset, point, bytes, files } = await service.inProvider(provider, (work) =>
    findRecoveryPoint(work, id),
  );
  return { point: { asset: asset.label, id: point, bytes, files }, tests };
}

async function backUp(
  { service, provider, tell }: Runner,
  client: string,
  policy: FoundedPolicy,
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
    requestReport(work, client, { kind: 'readiness', subject: null, locale }, VERSIONS),
  );
  const done = await ended(service, provider, (work) => findReport(work, id));
  if (done.state === 'failed')
    throw new MainJobFailed(`The report could not be made: ${done.finding?.message}`);
  await service.inProvider(provider, (work) => releaseReport(work, id));
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
