import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { loadReadinessFacts } from '#/plans/client-facts.ts';
import { type Client, countClients, createClient, listClients, NewClient } from '#/plans/clients.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { allContradictions } from '#/plans/readiness/all-contradictions.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import type { Readiness } from '#/plans/readiness/readiness.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { sheetOf } from '../key-sheet.ts';
import { makeClientKeys } from '../keys.ts';
import { type Form, form, type PortfolioRow, type PortfolioView } from '../views.ts';

const LEVELS = [0, 1, 2, 3, 4, 5, 6, 7] as const satisfies Readiness['level'][];
/** Where clients stand is computed anew for each page, so a search for a level looks at so many clients and says so. */
const LOOKED_AT_MOST = 100;
const FOUND_ENOUGH = 25;

const Asked = z.object({
  search: z.string().max(200).default(''),
  level: z.preprocess(
    (text) => (text === '' || text === undefined ? null : Number(text)),
    z.literal(LEVELS).nullable().catch(null),
  ),
  after: z.string().max(300).optional(),
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
    body: NewClient.extend({
      sector: z.preprocess((text) => (text === '' ? null : text), NewClient.shape.sector),
    }),
    run: async ({ work, body }) => {
      const client = await createClient(work, body);
      const { recoveryIdentity, recoveryRecipient } = await makeClientKeys(work, client.id);
      const made = { client, identity: recoveryIdentity, recipient: recoveryRecipient };
      return { show: 'clients/created', data: await sheetOf(work, made) };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'portfolio',
      data: await portfolio(work, Asked.parse({}), form(typed, problem)),
    }),
  }),
];

async function portfolio(work: Work, asked: Asked, shown: Form): Promise<PortfolioView> {
  const { search, level, after = null } = asked;
  const { clients, looked, next } = await find(work, asked);
  const kept = { ...(search ? { search } : {}), ...(level === null ? {} : { level: String(level) }) };
  return {
    clients,
    search,
    level,
    levels: LEVELS,
    total: await countClients(work, search || null),
    looked,
    next: next === null ? null : `/?${new URLSearchParams({ ...kept, after: next })}`,
    toStart: after === null ? null : `/?${new URLSearchParams(kept)}`,
    mayAdd: may(work, 'client.change') && work.clients === 'all',
    form: shown,
  };
}

/** The next page of clients; with a level, those of the next few pages that stand on it. */
async function find(
  work: Work,
  { search, level, after }: Asked,
): Promise<Pick<PortfolioView, 'clients' | 'looked' | 'next'>> {
  const looked: Client[] = [];
  const rows: PortfolioRow[] = [];
  let next = after ?? null;
  do {
    const page = await listClients(work, { after: next, search: search || null });
    const facts = await loadReadinessFacts(work, page.clients);
    const found = page.clients.flatMap((client) => rowOf(client, facts.get(client.id)));
    looked.push(...page.clients);
    rows.push(...found.filter((row) => level === null || row.level === level));
    next = page.next;
  } while (level !== null && next !== null && rows.length < FOUND_ENOUGH && looked.length < LOOKED_AT_MOST);
  const [first] = looked;
  const last = looked.at(-1);
  return {
    clients: rows,
    looked: first && last ? { count: looked.length, from: first.name, to: last.name } : null,
    next,
  };
}

function rowOf(client: Client, facts: ClientFacts | undefined): PortfolioRow[] {
  if (!facts) return [];
  const readiness = computeReadiness(facts);
  return [
    {
      client,
      level: readiness.level,
      missing: readiness.missing,
      contradictions: allContradictions(readiness).length,
      provenAgeSeconds: provenAge(facts),
      failedTests: latestTests(facts, 'failed'),
      inconclusiveTests: latestTests(facts, 'inconclusive'),
    },
  ];
}

/** Age, in seconds, of the newest data that a passed restore brought back. */
function provenAge({ now, restoreTests, recoveryPoints }: ClientFacts): number | null {
  const proven = new Set(
    restoreTests
      .filter(({ state, reached }) => state === 'passed' && (reached === 'L3' || reached === 'L4'))
      .map(({ recoveryPoint }) => recoveryPoint),
  );
  const times = recoveryPoints.filter(({ id }) => proven.has(id)).map(({ dataTime }) => Date.parse(dataTime));
  return times.length === 0 ? null : Math.max(0, Math.floor((Date.parse(now) - Math.max(...times)) / 1000));
}

/** Assets whose newest ended test is in this state. Facts come newest first. */
function latestTests({ restoreTests }: ClientFacts, state: 'failed' | 'inconclusive'): number {
  const newest = new Map<string, string>();
  for (const test of restoreTests)
    if (test.finishedAt !== null && !newest.has(test.asset)) newest.set(test.asset, test.state);
  return [...newest.values()].filter((one) => one === state).length;
}
