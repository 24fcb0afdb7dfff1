import { listOutdatedCopies, OutdatedCopy } from '#/plans/distribution-gaps.ts';
import {
  acknowledge,
  Distribution,
  distribute,
  findDistribution,
  listDistributions,
  NewDistribution,
} from '#/plans/distributions.ts';
import { api } from '../http/route.ts';
import { listOf, One, whole } from '../http/shapes.ts';

/** To whom a version of a plan was handed out, and who read it. */
export const planDistributionApi = [
  api({
    method: 'get',
    path: '/plan-versions/:id/distributions',
    summary: 'Who was handed out a version of a plan, and who read it',
    params: One,
    output: listOf(Distribution),
    run: async ({ work, params: { id } }) => whole(await listDistributions(work, id)),
  }),
  api({
    method: 'get',
    path: '/plan-versions/:id/outdated-copies',
    summary: 'Who still holds an earlier version of a plan, by which channel',
    params: One,
    output: listOf(OutdatedCopy),
    run: async ({ work, params: { id } }) => whole(await listOutdatedCopies(work, id)),
  }),
  api({
    method: 'post',
    path: '/plan-versions/:id/distributions',
    summary: 'Note that a version in force was handed out',
    params: One,
    body: NewDistribution,
    output: listOf(Distribution),
    status: 201,
    run: async ({ work, params: { id }, body }) => whole(await distribute(work, id, body)),
  }),
  api({
    method: 'post',
    path: '/distributions/:id/receipt',
    summary: 'Say that somebody read their copy: oneself, or on their behalf',
    params: One,
    output: Distribution,
    current: ({ work, params: { id } }) => findDistribution(work, id),
    run: ({ work, params: { id } }) => acknowledge(work, id),
  }),
];
