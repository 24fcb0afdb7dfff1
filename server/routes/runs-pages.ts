import { may } from '#/plans/access.ts';
import { Attempt, listAttempts } from '#/plans/attempts.ts';
import { findBackupPolicy } from '#/plans/backup-policies.ts';
import { cancelBackup } from '#/plans/backup-run-ends.ts';
import { BackupRun, findBackupRun } from '#/plans/backup-runs.ts';
import { findClient } from '#/plans/clients.ts';
import { findPace, listPaces, Pace } from '#/plans/paces.ts';
import { Cancelling } from '#/plans/pauses.ts';
import { cancelRestoreTest } from '#/plans/restore-test-requests.ts';
import { findRestoreTest, RestoreTest } from '#/plans/restore-tests.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, OfClient, One, whole } from '../http/shapes.ts';
import type { RunView } from '../views/runs.ts';

/** Work that goes on, or went: its attempts, and calling it off. */
export const runsApi = [
  api({
    method: 'get',
    path: '/clients/:client/paces',
    summary: 'What goes on for a client, and whether it gets on: what is silent or stalled first',
    params: OfClient,
    output: listOf(Pace),
    run: async ({ work, params: { client } }) => whole(await listPaces(work, client)),
  }),
  api({
    method: 'get',
    path: '/backup-runs/:id/attempts',
    summary: 'Attempts at a backup run, the first one first',
    params: One,
    output: listOf(Attempt),
    run: async ({ work, params: { id } }) => {
      await findBackupRun(work, id);
      return whole(await listAttempts(work, id));
    },
  }),
  api({
    method: 'post',
    path: '/backup-runs/:id/cancellation',
    summary: 'Call a backup run off',
    params: One,
    body: Cancelling,
    output: BackupRun,
    run: ({ work, params: { id }, body }) => cancelBackup(work, id, body),
  }),
  api({
    method: 'get',
    path: '/restore-tests/:id/attempts',
    summary: 'Attempts at a restore test, the first one first',
    params: One,
    output: listOf(Attempt),
    run: async ({ work, params: { id } }) => {
      await findRestoreTest(work, id);
      return whole(await listAttempts(work, id));
    },
  }),
  api({
    method: 'post',
    path: '/restore-tests/:id/cancellation',
    summary: 'Call a restore test off',
    params: One,
    body: Cancelling,
    output: RestoreTest,
    run: ({ work, params: { id }, body }) => cancelRestoreTest(work, id, body),
  }),
];

export const runsPages = [
  page({
    method: 'get',
    path: '/backup-runs/:id',
    summary: 'One backup run, with its attempts',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'protection/run', data: await show(work, id) }),
  }),
  page({
    method: 'post',
    path: '/backup-runs/:id/cancellation',
    summary: 'Call a backup run off',
    params: One,
    body: Cancelling,
    run: async ({ work, params: { id }, body }) => {
      await cancelBackup(work, id, body);
      return { goTo: `/backup-runs/${id}` };
    },
  }),
  page({
    method: 'post',
    path: '/restore-tests/:id/cancellation',
    summary: 'Call a restore test off',
    params: One,
    body: Cancelling,
    run: async ({ work, params: { id }, body }) => {
      await cancelRestoreTest(work, id, body);
      return { goTo: `/restore-tests/${id}` };
    },
  }),
];

async function show(work: Work, id: string): Promise<RunView> {
  const run = await findBackupRun(work, id);
  const { asset } = await findBackupPolicy(work, run.policy);
  const isUnderWay = run.state === 'queued' || run.state === 'running';
  return {
    client: await findClient(work, run.client),
    run,
    asset: asset.name,
    isUnderWay,
    attempts: await listAttempts(work, id),
    pace: await findPace(work, id),
    mayCancel: isUnderWay && may(work, 'backup.request'),
  };
}
