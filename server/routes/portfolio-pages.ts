import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { loadFacts } from '#/plans/client-facts.ts';
import { type Client, createClient, listClients, NewClient } from '#/plans/clients.ts';
import type { ClientFacts } from '#/plans/facts.ts';
import { listRecipients } from '#/plans/keys.ts';
import { allContradictions } from '#/plans/readiness/all-contradictions.ts';
import { computeReadiness } from '#/plans/readiness/compute-readiness.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { makeClientKeys } from '../keys.ts';
import { type ClientCreatedView, type Form, form, type PortfolioView } from '../views.ts';

/** All clients at a glance, and taking on a new one. */
export const portfolioPages = [
  page({
    method: 'get',
    path: '/',
    summary: 'The portfolio',
    query: z.object({ search: z.string().max(200).optional(), after: z.string().max(300).optional() }),
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
      const { recoveryIdentity } = await makeClientKeys(work, client.id);
      const [recipient = ''] = await listRecipients(work, client.id);
      return {
        show: 'clients/created',
        data: { client, identity: recoveryIdentity, recipient } satisfies ClientCreatedView,
      };
    },
    again: async ({ work, typed, problem }) => ({
      show: 'portfolio',
      data: await portfolio(work, {}, form(typed, problem)),
    }),
  }),
];

async function portfolio(
  work: Work,
  { search, after }: { search?: string | undefined; after?: string | undefined },
  shown: Form,
): Promise<PortfolioView> {
  const { clients, next } = await listClients(work, { after: after ?? null, search: search || null });
  const facts = await loadFacts(work, clients);
  return {
    clients: clients.flatMap((client) => rowOf(client, facts.get(client.id))),
    search: search ?? '',
    next: next === null ? null : `/?${new URLSearchParams({ ...(search ? { search } : {}), after: next })}`,
    mayAdd: may(work, 'client.change') && work.clients === 'all',
    form: shown,
  };
}

function rowOf(client: Client, facts: ClientFacts | undefined): PortfolioView['clients'] {
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
