import { findClient } from '#/plans/clients.ts';
import { notFound } from '#/plans/errors.ts';
import { findTaking, findTold, listTold, ToldHead, ToldRecord } from '#/plans/told-records.ts';
import type { Work } from '#/plans/work.ts';
import { api, page } from '../http/route.ts';
import { listOf, OfClient, One, whole } from '../http/shapes.ts';
import { nouns } from '../records/nouns/index.ts';
import { toldFacts, toldNaming } from '../records/told.ts';
import type { ToldListView, ToldView } from '../views/told.ts';

/** What the file of a client told. Nobody adds to it or changes it. */
export const toldApi = [
  api({
    method: 'get',
    path: '/clients/:client/told',
    summary: 'What the file of a client told of its life under another service',
    params: OfClient,
    output: listOf(ToldHead),
    run: async ({ work, params: { client } }) => whole(await listTold(work, client)),
  }),
  api({
    method: 'get',
    path: '/told/:id',
    summary: 'One thing that the file of a client told, word for word',
    params: One,
    output: ToldRecord,
    run: ({ work, params: { id } }) => findTold(work, id),
  }),
];

export const toldPages = [
  page({
    method: 'get',
    path: '/clients/:client/told',
    summary: 'What the file of a client told',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({ show: 'told/list', data: await list(work, client) }),
  }),
  page({
    method: 'get',
    path: '/told/:id',
    summary: 'One thing that a file told',
    params: One,
    run: async ({ work, params: { id } }) => ({ show: 'told/show', data: await one(work, id) }),
  }),
];

async function list(work: Work, id: string): Promise<ToldListView> {
  const told = await listTold(work, id);
  return {
    client: await findClient(work, id),
    taking: await findTaking(work, id),
    kinds: nouns
      .map(({ path, name }) => ({
        words: manyOf(name),
        href: `/clients/${id}/${path}#told`,
        count: told.filter(({ noun }) => noun === name).length,
      }))
      .filter(({ count }) => count > 0),
  };
}

async function one(work: Work, id: string): Promise<ToldView> {
  const told = await findTold(work, id);
  const noun = nouns.find(({ name }) => name === told.noun);
  if (!noun) throw notFound('told');
  const { content, parts, here, ...head } = told;
  return {
    ...(await toldFacts(noun, work, told)),
    client: await findClient(work, told.client),
    noun: noun.name,
    tab: noun.tab,
    listHref: `/clients/${told.client}/${noun.path}`,
    title: told.title,
    record: head,
    last: told.told.at(-1)!,
    links: await toldNaming(work, told.client, id),
  };
}

/** Most plan versions in a file are over; their list is called after those that are not. */
export const manyOf = (noun: string) => (noun === 'plan-version' ? 'told.plan-versions' : `${noun}.many`);
