import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listSnapshots } from '#/plans/repositories/looks.ts';
import { listRepositoryProofs, requestRepositoryProof } from '#/plans/repositories/proofs.ts';
import {
  addRepository,
  changeRepository,
  findRepository,
  findRepositoryForChange,
  listRepositories,
  NewRepository,
  REPOSITORY_STATES,
  REPOSITORY_TOOLS,
  Repository,
  requestLook,
} from '#/plans/repositories/repositories.ts';
import { noun } from '../noun.ts';

export const repository = noun<Repository, NewRepository>({
  name: 'repository',
  path: 'repositories',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 100 },
    { name: 'tool', kind: 'choice', values: REPOSITORY_TOOLS, words: 'repository-tool' },
    { name: 'address', kind: 'line', max: 1000 },
    { name: 'asset', kind: 'reference', to: 'assets' },
    { name: 'everySeconds', kind: 'duration' },
  ],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: REPOSITORY_STATES,
      words: 'repository-state',
      // What its tool lists is its word; only what was restored has the colour of proof.
      tones: {
        'no-password': 'open',
        'never-read': 'open',
        unreadable: 'danger',
        empty: 'warning',
        late: 'warning',
        listed: 'declared',
        proved: 'proof',
        'proof-failed': 'danger',
      },
    },
    { name: 'snapshots', kind: 'number' },
    { name: 'newestAt', kind: 'moment' },
    { name: 'provedAt', kind: 'moment' },
    { name: 'provedDataTime', kind: 'moment' },
    { name: 'lookedAt', kind: 'moment' },
    { name: 'toolVersion', kind: 'line' },
  ],
  columns: ['state', 'tool', 'asset', 'newestAt', 'provedAt'],
  item: Repository,
  input: NewRepository,
  list: listRepositories,
  find: findRepository,
  findForChange: findRepositoryForChange,
  add: addRepository,
  change: changeRepository,
  right: 'protection.change',
  start: async () => ({ everySeconds: 86_400 }),
  actions: [
    {
      name: 'proofs',
      fields: [],
      input: z.object({}),
      right: 'restore-test.request',
      isOffered: ({ hasPassword, snapshots }) => hasPassword && snapshots > 0,
      run: requestRepositoryProof,
    },
    {
      name: 'looks',
      fields: [],
      input: z.object({}),
      right: 'restore-test.request',
      isOffered: ({ hasPassword, isBeingRead }) => hasPassword && !isBeingRead,
      run: requestLook,
    },
  ],
  notices: async (_work, { finding, isBeingRead }) => [
    ...(finding
      ? [{ kind: 'danger' as const, reason: { key: `finding.${finding.code}`, params: finding.params } }]
      : []),
    ...(isBeingRead
      ? [{ kind: 'plain' as const, reason: { key: 'repository.being-read', params: {} } }]
      : []),
  ],
  figures: async (work, item) =>
    may(work, 'protection.change')
      ? [
          {
            partial: 'partials/repository-secrets',
            data: { repository: item, isS3: item.address.startsWith('s3:') },
          },
        ]
      : [],
  parts: async (work, { id }) => [
    {
      name: 'repository.proofs',
      columns: [
        { name: 'askedAt', kind: 'moment' },
        {
          name: 'state',
          kind: 'choice',
          values: ['queued', 'running', 'passed', 'failed', 'inconclusive', 'cancelled'],
          words: 'state',
          tones: {
            passed: 'proof',
            failed: 'danger',
            inconclusive: 'warning',
            queued: 'moving',
            running: 'moving',
          },
        },
        { name: 'reached', kind: 'line' },
        { name: 'dataTime', kind: 'moment' },
        { name: 'restored', kind: 'duration' },
        { name: 'bytes', kind: 'bytes' },
        { name: 'faults', kind: 'line' },
        { name: 'tool', kind: 'line' },
      ],
      rows: (await listRepositoryProofs(work, id)).map((proof) => ({
        href: null,
        values: {
          ...proof,
          restored: proof.seconds === null ? null : Math.ceil(proof.seconds),
          faults: proof.result ? `${proof.caught} / ${proof.plantedFaults}` : null,
          tool: proof.result?.tool ?? null,
        },
      })),
    },
    {
      name: 'repository.snapshots',
      columns: [
        { name: 'dataTime', kind: 'moment' },
        { name: 'snapshot', kind: 'line' },
        { name: 'host', kind: 'line' },
        { name: 'paths', kind: 'lines' },
        { name: 'goneAt', kind: 'moment' },
      ],
      rows: (await listSnapshots(work, id)).map((one) => ({
        href: null,
        values: { ...one, snapshot: one.snapshot.length === 64 ? one.snapshot.slice(0, 8) : one.snapshot },
      })),
    },
  ],
});
