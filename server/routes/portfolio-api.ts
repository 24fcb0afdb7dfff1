import { z } from 'zod';
import { type KeptStanding, listFreshStandings } from '#/plans/standings.ts';
import { api } from '../http/route.ts';
import { listOf } from '../http/shapes.ts';

const SIZE = 50;
const Count = z.int();

const Standing = z
  .object({
    client: z.object({ id: z.uuid(), name: z.string(), sector: z.string().nullable() }),
    computedAt: z.iso.datetime(),
    isStale: z.boolean().describe('Something happened while it was computed'),
    level: z.int().min(0).max(7).describe('Of the weakest priority activity, R0 to R7'),
    missing: z
      .object({ key: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) })
      .nullable()
      .describe('What keeps it from the next level'),
    weakest: z
      .object({
        name: z.string(),
        rtoSeconds: z.int().nullable(),
        seconds: z.number().nullable().describe('Of one that is not wholly measured, what is known of it'),
        verdict: z.enum(['within', 'late', 'declared', 'declared-late', 'unmeasured', 'no-objective']),
      })
      .nullable()
      .describe('The priority activity that holds the client at its level'),
    contradictions: Count,
    rtoBreaches: Count,
    rpoBreaches: Count,
    overdueReviews: Count.describe('Reviews, plans and impact analyses whose day has passed'),
    overdueTests: Count,
    overdueActions: Count,
    failedTests: Count,
    inconclusiveTests: Count,
    provenDataAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Standing' });

export const portfolioApi = [
  api({
    method: 'get',
    path: '/portfolio',
    summary: 'Where each client stands, the worst first',
    query: z.object({
      search: z.string().max(200).default(''),
      level: z.coerce.number().int().min(0).max(7).optional(),
      cursor: z.coerce.number().int().min(0).max(1_000_000).default(0),
    }),
    output: listOf(Standing),
    run: async ({ work, query: { search, level = null, cursor } }) => {
      const { standings, total } = await listFreshStandings(work, {
        search: search || null,
        level,
        offset: cursor,
        limit: SIZE,
      });
      const next = cursor + standings.length;
      return { items: standings.flatMap(told), next: next < total ? String(next) : null };
    },
  }),
];

function told({ client: { id, name, sector }, standing, computedAt, isStale }: KeptStanding) {
  if (!standing || !computedAt) return [];
  const { frameworks: _, ...figures } = standing;
  return [{ client: { id, name, sector }, computedAt, isStale, ...figures }];
}
