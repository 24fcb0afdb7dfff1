import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listOpenClosings } from '#/plans/client-closings.ts';
import { createClient, listClosedClients, NewClient } from '#/plans/clients.ts';
import type { Readiness } from '#/plans/readiness/readiness.ts';
import { type KeptStanding, listFreshStandings } from '#/plans/standings.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { sheetOf } from '../key-sheet.ts';
import { makeClientKeys } from '../keys.ts';
import { type Form, form, type PortfolioRow, type PortfolioView } from '../views.ts';
import { PageNumber } from './parts.ts';

const LEVELS = [0, 1, 2, 3, 4, 5, 6, 7] as const satisfies Readiness['level'][];
const SIZE = 50;

const Asked = z.object({
  search: z.string().max(200).default(''),
  level: z.preprocess(
    (text) => (text === '' || text === undefined ? null : Number(text)),
    z.literal(LEVELS).nullable().catch(null),
  ),
  page: PageNumber,
});
type Asked = z.output<typeof Asked>;

/** All clients at a glance, and taking on a new one. */
export const portfolioPages = [
  page({
    method: 'get',
    path: '/',
    summary: 'The portfolio',
    query: Asked,
    run: async ({ work, query }) => ({ show: 'portfolio', data: await portfolio(work, query, form()) }),
  }),

  page({
    method: 'post',
    path: '/clients',
    summary: 'Take a client on',
    body: NewClient,
    run: async ({ work, body }) => {
      const client = await createClient(work, body);
      const { recoveryIdentity, recoveryRecipient } = await makeClientKeys(work, client.id);
      const made = { client, identity: recoveryIdentity, recipient: recoveryRecipient, replaces: null };
      return { show: 'clients/created', data: await sheetOf(work, made) };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'portfolio',
      data: await portfolio(work, Asked.parse({}), form(typed, problem)),
    }),
  }),
];

async function portfolio(
  work: Work,
  { search, level, page: asked }: Asked,
  shown: Form,
): Promise<PortfolioView> {
  const { standings, total } = await listFreshStandings(work, {
    search: search || null,
    level,
    offset: (asked - 1) * SIZE,
    limit: SIZE,
  });
  const kept = { ...(search ? { search } : {}), ...(level === null ? {} : { level: String(level) }) };
  const addressOf = (number: number) => `/?${new URLSearchParams({ ...kept, page: String(number) })}`;
  const first = (asked - 1) * SIZE + 1;
  return {
    clients: {
      items: standings.flatMap((one) => rowOf(one, work.now)),
      total,
      first: standings.length === 0 ? 0 : first,
      last: first + standings.length - 1,
      previous: asked > 1 ? addressOf(asked - 1) : null,
      next: first + standings.length - 1 < total ? addressOf(asked + 1) : null,
    },
    closings: await listOpenClosings(work),
    closed: await listClosedClients(work),
    search,
    level,
    levels: LEVELS,
    mayAdd: may(work, 'client.change') && work.clients === 'all',
    mayReport: may(work, 'portfolio-report.request') && work.clients === 'all',
    maySeeContention: may(work, 'contention.read'),
    form: shown,
    reportForm: form(),
  };
}

function rowOf({ client, standing, isStale }: KeptStanding, now: Date): PortfolioRow[] {
  if (!standing) return [];
  const { provenDataAt, overdueActions, overdueReviews, overdueTests, rpoBreaches, rtoBreaches } = standing;
  return [
    {
      client,
      isStale,
      level: standing.level,
      missing: standing.missing,
      contradictions: standing.contradictions,
      breaches: { rto: rtoBreaches, rpo: rpoBreaches, any: rtoBreaches + rpoBreaches > 0 },
      overdue: {
        reviews: overdueReviews,
        tests: overdueTests,
        actions: overdueActions,
        any: overdueReviews + overdueTests + overdueActions > 0,
      },
      provenAgeSeconds: provenDataAt
        ? Math.max(0, Math.floor((now.getTime() - Date.parse(provenDataAt)) / 1000))
        : null,
      failedTests: standing.failedTests,
      inconclusiveTests: standing.inconclusiveTests,
    },
  ];
}
