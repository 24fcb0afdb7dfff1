import { z } from 'zod';
import { page } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import { form } from '../views.ts';
import { overview } from './client-overview.ts';
import { PageNumber } from './parts.ts';

/** A client at a glance. */
export const clientsPages = [
  page({
    method: 'get',
    path: '/clients/:client',
    summary: 'A client at a glance',
    params: OfClient,
    query: z.object({ activities: PageNumber }),
    run: async ({ work, locale, params: { client }, query: { activities } }) => ({
      show: 'clients/overview',
      data: await overview(work, client, locale, { shown: form(), page: activities }),
    }),
  }),
];
