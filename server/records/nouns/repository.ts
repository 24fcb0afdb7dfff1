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
  REPOSITORY_TOOLS,
  Repository,
  requestLook,
} from '#/plans/repositories/repositories.ts';
import { listRepositorySchedules } from '#/plans/repositories/schedules.ts';
import { RECURS } from '#/plans/repositories/usual-schedules.ts';
import { RHYTHMS } from '#/plans/schedules/rhythm.ts';
import type { Work } from '#/plans/work.ts';
import { noun, type SubList } from '../noun.ts';
import { REPOSITORY_STATE } from './foreign-part.ts';
import { PROOF_STATE, SHOWN_LEVEL } from './repository-proof.ts';

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
    { name: 'host', kind: 'line', max: 300, optional: true },
    { name: 'series', kind: 'line', max: 1000, optional: true },
    { name: 'keptDays', kind: 'number', optional: true },
    { name: 'noticedDays', kind: 'number', optional: true },
    { name: 'opensFiles', kind: 'tick' },
    { name: 'isOffsite', kind: 'tick' },
    { name: 'site', kind: 'reference', to: 'sites', optional: true },
    { name: 'account', kind: 'line', max: 200, optional: true },
    { name: 'needs', kind: 'references', to: 'assets', optional: true },
  ],
  told: [
    REPOSITORY_STATE,
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
  notices: async (work, { id, finding, isBeingRead, state, keptDays }) => [
    ...(finding
      ? [{ kind: 'danger' as const, reason: { key: `finding.${finding.code}`, params: finding.params } }]
      : []),
    ...(state === 'mixed'
      ? [{ kind: 'warning' as const, reason: { key: 'repository.is-mixed', params: {} } }]
      : []),
    ...(keptDays === null && (await listSnapshots(work, id)).some(({ goneAt }) => goneAt !== null)
      ? [{ kind: 'warning' as const, reason: { key: 'repository.gone-unexplained', params: {} } }]
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
            data: {
              repository: item,
              isS3: item.address.startsWith('s3:'),
              mayBeEmpty: item.tool === 'pgbackrest',
            },
          },
        ]
      : [],
  parts: async (work, { id, client }) => [
    await schedulesPart(work, { id, client }),
    {
      name: 'repository.proofs',
      columns: [
        { name: 'askedAt', kind: 'moment' },
        PROOF_STATE,
        SHOWN_LEVEL,
        { name: 'dataTime', kind: 'moment' },
        { name: 'restored', kind: 'duration' },
        { name: 'bytes', kind: 'bytes' },
        { name: 'faults', kind: 'line' },
        { name: 'tool', kind: 'line' },
      ],
      rows: (await listRepositoryProofs(work, id)).map((proof) => ({
        href: `/repository-proofs/${proof.id}`,
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
        { name: 'provedAt', kind: 'moment' },
        { name: 'goneAt', kind: 'moment' },
      ],
      rows: (await listSnapshots(work, id)).map((one) => ({
        href: null,
        values: { ...one, snapshot: one.name },
      })),
    },
  ],
});

async function schedulesPart(work: Work, { id, client }: { id: string; client: string }): Promise<SubList> {
  const own = (await listRepositorySchedules(work, client)).filter(({ repository }) => repository === id);
  return {
    name: 'repository.schedules',
    columns: [
      { name: 'what', kind: 'choice', values: RECURS, words: 'repository-recurs' },
      { name: 'rhythm', kind: 'choice', values: RHYTHMS, words: 'rhythm' },
      { name: 'nextDueAt', kind: 'moment' },
    ],
    rows: own.map((one) => ({ href: `/repository-schedules/${one.id}`, values: { ...one } })),
    addHref:
      may(work, 'protection.change') && own.length < RECURS.length
        ? `/clients/${client}/repository-schedules/new?repository=${id}`
        : null,
  };
}
