import { listSnapshots, RepositorySnapshot } from '#/plans/repositories/looks.ts';
import { listRepositoryProofs, RepositoryProof } from '#/plans/repositories/proofs.ts';
import {
  findRepository,
  giveSecrets,
  Repository,
  RepositorySecrets,
} from '#/plans/repositories/repositories.ts';
import { api, page } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';

/** What a repository of another tool holds, and what opens it; the rest is a noun like any other. */
export const repositoriesApi = [
  api({
    method: 'put',
    path: '/repositories/:id/secrets',
    summary: 'Give what opens a repository of another tool, and have it read. It is never shown again',
    params: One,
    body: RepositorySecrets,
    output: Repository,
    run: ({ work, params: { id }, body }) => giveSecrets(work, id, body),
  }),
  api({
    method: 'get',
    path: '/repositories/:id/snapshots',
    summary: 'What its tool lists, newest first, with what is gone since',
    params: One,
    output: listOf(RepositorySnapshot),
    run: async ({ work, params: { id } }) => {
      await findRepository(work, id);
      return whole(await listSnapshots(work, id, 500));
    },
  }),
  api({
    method: 'get',
    path: '/repositories/:id/proofs',
    summary: 'What we proved of it, newest first',
    params: One,
    output: listOf(RepositoryProof),
    run: async ({ work, params: { id } }) => {
      await findRepository(work, id);
      return whole(await listRepositoryProofs(work, id, 200));
    },
  }),
];

export const repositoriesPages = [
  page({
    method: 'post',
    path: '/repositories/:id/secrets',
    summary: 'Give what opens a repository',
    params: One,
    body: RepositorySecrets,
    run: async ({ work, params: { id }, body }) => {
      await giveSecrets(work, id, body);
      return { goTo: `/repositories/${id}` };
    },
  }),
];
