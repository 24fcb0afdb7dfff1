import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listAssets } from '#/plans/assets.ts';
import {
  addBackupPolicy,
  findBackupPolicy,
  listBackupPolicies,
  NewBackupPolicy,
  pauseBackupPolicy,
} from '#/plans/backup-policies.ts';
import { type BackupRun, findBackupRun, listBackupRuns, requestBackup } from '#/plans/backup-runs.ts';
import { findClient } from '#/plans/clients.ts';
import { listReconciliations } from '#/plans/reconciliations.ts';
import { listRecoveryPoints } from '#/plans/recovery-points.ts';
import { listRestoreTests } from '#/plans/restore-tests.ts';
import { requestProbe } from '#/plans/store-probes.ts';
import { addStore, findStore, listStores, NewStore } from '#/plans/stores.ts';
import type { Work } from '#/plans/work.ts';
import { page, type Typed } from '../http/route.ts';
import { OfClient, One, Paged } from '../http/shapes.ts';
import { form, type ProtectionView, type RunRow } from '../views.ts';
import { PageNumber, partOf } from './parts.ts';
import { reservationsOf } from './recovery-points-pages.ts';

const RUNS = 20;
const POINTS = 100;

/** Stores, policies, runs and recovery points of a client. */
export const protectionPages = [
  page({
    method: 'get',
    path: '/clients/:client/protection',
    summary: 'What is backed up, where, and what it left',
    params: OfClient,
    query: Paged.extend({ policies: PageNumber }),
    run: async ({ work, params: { client }, query: { cursor, policies } }) => ({
      show: 'protection/overview',
      data: await protection(work, client, { cursor: cursor ?? null, page: policies }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/stores',
    summary: 'Add a store',
    params: OfClient,
    body: NewStore,
    run: async ({ work, params: { client }, body }) => {
      await addStore(work, client, body);
      return { goTo: `/clients/${client}/protection` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'protection/overview',
      data: await protection(work, client, { forms: { store: form(withoutSecret(typed), problem) } }),
    }),
  }),
  page({
    method: 'post',
    path: '/stores/:id/probes',
    summary: 'Find out what a store can do',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await requestProbe(work, id)).client}/protection`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/overview',
      data: await protection(work, (await findStore(work, id)).client, {
        forms: { store: form(typed, problem) },
      }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/backup-policies',
    summary: 'Back up an asset from now on',
    params: OfClient,
    body: NewBackupPolicy,
    run: async ({ work, params: { client }, body }) => {
      await addBackupPolicy(work, body);
      return { goTo: `/clients/${client}/protection` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'protection/overview',
      data: await protection(work, client, { forms: { policy: form(withoutPassword(typed), problem) } }),
    }),
  }),
  page({
    method: 'post',
    path: '/backup-policies/:id/pause',
    summary: 'Stop backing up for now, or go on',
    params: One,
    body: z.object({ paused: z.enum(['yes', 'no']) }),
    run: async ({ work, params: { id }, body: { paused } }) => ({
      goTo: `/clients/${(await pauseBackupPolicy(work, id, paused === 'yes')).client}/protection`,
    }),
  }),
  page({
    method: 'post',
    path: '/backup-policies/:id/runs',
    summary: 'Back up now',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await requestBackup(work, id)).client}/protection`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'protection/overview',
      data: await protection(work, (await findBackupPolicy(work, id)).client, {
        forms: { policy: form(typed, problem) },
      }),
    }),
  }),
  page({
    method: 'get',
    path: '/backup-runs/:id/row',
    summary: 'One run, for a page that shows it live',
    params: One,
    run: async ({ work, params: { id } }) => {
      const run = await findBackupRun(work, id);
      const { asset } = await findBackupPolicy(work, run.policy);
      const client = await findClient(work, run.client);
      return { show: 'partials/run-row', data: { ...rowOf(run, asset.name), client } };
    },
  }),
];

interface Shown {
  cursor?: string | null;
  /** Of the policies. */
  page?: number;
  forms?: Partial<ProtectionView['forms']>;
}

async function protection(
  work: Work,
  clientId: string,
  { cursor = null, page: number = 1, forms = {} }: Shown,
): Promise<ProtectionView> {
  const client = await findClient(work, clientId);
  const policies = await listBackupPolicies(work, clientId);
  const runs = await listBackupRuns(work, clientId, RUNS);
  const points = await listRecoveryPoints(work, clientId, { before: cursor });
  const tests = await listRestoreTests(work, clientId);
  const names = new Map(policies.map(({ id, asset }) => [id, asset.name]));
  const last = points.at(-1);
  const part = partOf(policies, number, (to) => `/clients/${clientId}/protection?policies=${to}#policies`);
  return {
    client,
    stores: await listStores(work, clientId),
    policies: {
      ...part,
      items: part.items.map((policy) => ({
        policy,
        isUnderWay: runs.some((run) => run.policy === policy.id && isUnderWay(run)),
      })),
    },
    runs: runs.map((run) => rowOf(run, names.get(run.policy) ?? '–')),
    points: points.map((point) => ({
      point,
      reservations: reservationsOf(point),
      latestTest: tests.find(({ recoveryPoint }) => recoveryPoint.id === point.id) ?? null,
    })),
    next:
      last && points.length >= POINTS
        ? `/clients/${clientId}/protection?${new URLSearchParams({ cursor: last.dataTime })}`
        : null,
    reconciliations: await listReconciliations(work, clientId),
    assets: await listAssets(work, clientId),
    places: work.places,
    may: { change: may(work, 'protection.change'), backUp: may(work, 'backup.request') },
    forms: { store: form(), policy: form(), ...forms },
  };
}

const isUnderWay = ({ state }: BackupRun) => state === 'queued' || state === 'running';
const rowOf = (run: BackupRun, asset: string): RunRow => ({ run, asset, isUnderWay: isUnderWay(run) });

/** A secret that was typed is not sent back over the wire; all else is. */
const withoutSecret = ({ secretAccessKey: _, ...typed }: Typed): Typed => typed;

function withoutPassword({ source, ...typed }: Typed): Typed {
  const text = String(source ?? '').trim();
  if (!URL.canParse(text)) return { ...typed, source: text.includes('@') ? '' : text };
  const url = new URL(text);
  url.password = '';
  return { ...typed, source: url.toString() };
}
