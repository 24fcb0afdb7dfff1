import { z } from 'zod';
import { Contention, findContention, listShared, Shared } from '#/plans/contention.ts';
import { SHARED_KINDS } from '#/plans/shared-things.ts';
import { seeingEveryClient } from '../every-client.ts';
import { api, page } from '../http/route.ts';
import { listOf, whole } from '../http/shapes.ts';
import type { ContentionView } from '../views/contention.ts';
import { PageNumber, partOf } from './parts.ts';

const OfShared = z.object({ kind: z.enum(SHARED_KINDS), key: z.string().min(1).max(36) });

export const contentionApi = [
  api({
    method: 'get',
    path: '/portfolio/contention',
    summary: 'What clients share, and would all lose at once',
    output: listOf(Shared),
    run: async ({ work }) =>
      whole(await seeingEveryClient(work, (everything) => listShared(work, everything))),
  }),
  api({
    method: 'get',
    path: '/portfolio/contention/:kind/:key',
    summary: 'Whose RTO falls when all who share it fail together, and from how many on',
    params: OfShared,
    output: Contention,
    run: ({ work, params }) =>
      seeingEveryClient(work, (everything) => findContention(work, everything, params)),
  }),
];

/** What happens to recovery times when several clients fail on the same day. */
export const contentionPages = [
  page({
    method: 'get',
    path: '/portfolio/contention',
    summary: 'Clients that fail together',
    run: async ({ work }) => {
      const shared = await seeingEveryClient(work, (everything) => listShared(work, everything));
      return { show: 'portfolio/shared', data: { shared } };
    },
  }),
  page({
    method: 'get',
    path: '/portfolio/contention/:kind/:key',
    summary: 'Clients that share something fail together',
    params: OfShared,
    query: z.object({ page: PageNumber }),
    run: async ({ work, params, query: { page: asked } }) => {
      const found = await seeingEveryClient(work, (everything) => findContention(work, everything, params));
      const own = `/portfolio/contention/${params.kind}/${params.key}`;
      const data: ContentionView = {
        ...found,
        losses: partOf(found.losses, asked, (number) => `${own}?page=${number}`),
        unseen: found.order.filter(({ client }) => client === null).length,
      };
      return { show: 'portfolio/contention', data };
    },
  }),
];
