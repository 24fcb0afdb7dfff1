import { addBackupPolicy, BackupPolicy, NewBackupPolicy } from '#/plans/backup-policies.ts';
import { BackupRun, findBackupRun, listBackupRuns, requestBackup } from '#/plans/backup-runs.ts';
import { CleanUp, findCleanUp, requestCleanUp } from '#/plans/clean-ups.ts';
import { GivingUp, giveUpPoint } from '#/plans/point-losses.ts';
import { listReconciliations, Reconciliation } from '#/plans/reconciliations.ts';
import { findRecoveryPoint, listRecoveryPoints, RecoveryPoint } from '#/plans/recovery-points.ts';
import { RestoreTestRequest, requestRestoreTest } from '#/plans/restore-test-requests.ts';
import { findRestoreTest, listRestoreTests, RestoreTest } from '#/plans/restore-tests.ts';
import { requestProbe } from '#/plans/store-probes.ts';
import { addStore, findStore, NewStore, Store } from '#/plans/stores.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, One, Paged, paged, whole } from '../http/shapes.ts';

/** Stores, backup policies and runs, recovery points and restore tests. */
export const protectionApi = [
  api({
    method: 'post',
    path: '/clients/:client/stores',
    summary: 'Add a store; its secret is sealed and never told again',
    params: OfClient,
    body: NewStore,
    output: Store,
    status: 201,
    run: ({ work, params: { client }, body }) => addStore(work, client, body),
  }),
  api({
    method: 'post',
    path: '/stores/:id/probes',
    summary: 'Find out what a store can do, by doing it on throw-away objects',
    params: One,
    output: Store,
    status: 202,
    startsWork: true,
    run: async ({ work, params: { id } }) => {
      await requestProbe(work, id);
      return findStore(work, id);
    },
  }),
  api({
    method: 'post',
    path: '/backup-policies',
    summary: 'Back up an asset from now on',
    body: NewBackupPolicy,
    output: BackupPolicy,
    status: 201,
    run: ({ work, body }) => addBackupPolicy(work, body),
  }),
  api({
    method: 'post',
    path: '/backup-policies/:id/runs',
    summary: 'Back up now',
    params: One,
    output: BackupRun,
    status: 202,
    startsWork: true,
    run: ({ work, params: { id } }) => requestBackup(work, id),
  }),
  api({
    method: 'get',
    path: '/clients/:client/backup-runs',
    summary: 'The latest runs of a client',
    params: OfClient,
    output: listOf(BackupRun),
    run: async ({ work, params: { client } }) => whole(await listBackupRuns(work, client)),
  }),
  api({
    method: 'get',
    path: '/backup-runs/:id',
    summary: 'One run, with its progress',
    params: One,
    output: BackupRun,
    run: ({ work, params: { id } }) => findBackupRun(work, id),
  }),
  api({
    method: 'get',
    path: '/clients/:client/reconciliations',
    summary: 'What the store of each backup policy was found to hold, set against what is known',
    params: OfClient,
    output: listOf(Reconciliation),
    run: async ({ work, params: { client } }) => whole(await listReconciliations(work, client)),
  }),
  api({
    method: 'get',
    path: '/backup-policies/:id/clean-up',
    summary: 'What the store holds that no recovery point needs, and when it goes',
    params: One,
    output: CleanUp,
    run: ({ work, params: { id } }) => findCleanUp(work, id),
  }),
  api({
    method: 'post',
    path: '/backup-policies/:id/clean-ups',
    summary: 'Compare the store now, and remove what no recovery point needs',
    params: One,
    output: CleanUp,
    status: 202,
    startsWork: true,
    run: ({ work, params: { id } }) => requestCleanUp(work, id),
  }),
  api({
    method: 'get',
    path: '/clients/:client/recovery-points',
    summary: 'Recovery points, newest data first',
    params: OfClient,
    query: Paged,
    output: listOf(RecoveryPoint),
    run: async ({ work, params: { client }, query: { cursor } }) =>
      paged(
        await listRecoveryPoints(work, client, { before: cursor ?? null }),
        100,
        ({ dataTime }) => dataTime,
      ),
  }),
  api({
    method: 'get',
    path: '/recovery-points/:id',
    summary: 'One recovery point',
    params: One,
    output: RecoveryPoint,
    run: ({ work, params: { id } }) => findRecoveryPoint(work, id),
  }),
  api({
    method: 'post',
    path: '/recovery-points/:id/giving-up',
    summary:
      'Wait no more for a recovery point that is gone from its store, so that the store is cleaned again',
    params: One,
    body: GivingUp,
    output: RecoveryPoint,
    run: async ({ work, params: { id }, body }) => {
      await findRecoveryPoint(work, id);
      await giveUpPoint(work, id, body);
      return findRecoveryPoint(work, id);
    },
  }),
  api({
    method: 'get',
    path: '/clients/:client/restore-tests',
    summary: 'Restore tests, newest first',
    params: OfClient,
    query: Paged,
    output: listOf(RestoreTest),
    run: async ({ work, params: { client }, query: { cursor } }) =>
      paged(await listRestoreTests(work, client, { before: cursor ?? null }), 100, ({ askedAt }) => askedAt),
  }),
  api({
    method: 'post',
    path: '/restore-tests',
    summary: 'Test that a recovery point comes back',
    body: RestoreTestRequest,
    output: RestoreTest,
    status: 202,
    startsWork: true,
    run: ({ work, body }) => requestRestoreTest(work, body),
  }),
  api({
    method: 'get',
    path: '/restore-tests/:id',
    summary: 'One restore test, with its progress or result',
    params: One,
    output: RestoreTest,
    run: ({ work, params: { id } }) => findRestoreTest(work, id),
  }),
];
