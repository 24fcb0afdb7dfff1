import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActivities } from '#/plans/activities.ts';
import { addAsset, listAssets, NewAsset } from '#/plans/assets.ts';
import { findClient } from '#/plans/clients.ts';
import { addDependency, listDependencies, NewDependency, removeDependency } from '#/plans/dependencies.ts';
import type { Work } from '#/plans/work.ts';
import { etagOf, page } from '../http/route.ts';
import { OfClient, One } from '../http/shapes.ts';
import { form, type InventoryView } from '../views.ts';
import { holds, PageNumber, partOf } from './parts.ts';

const Asked = z.object({
  search: z.string().max(200).default(''),
  activities: PageNumber,
  assets: PageNumber,
  dependencies: PageNumber,
});
type Asked = z.output<typeof Asked>;

/** What a client does, what it has, and what needs what. */
export const inventoryPages = [
  page({
    method: 'get',
    path: '/clients/:client/inventory',
    summary: 'Activities, assets and dependencies',
    params: OfClient,
    query: Asked,
    run: async ({ work, params: { client }, query }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, query),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/assets',
    summary: 'Add an asset',
    params: OfClient,
    body: NewAsset.extend({
      label: z.preprocess((text) => (text === '' ? undefined : text), NewAsset.shape.label),
    }),
    run: async ({ work, params: { client }, body }) => {
      await addAsset(work, client, body);
      return { goTo: `/clients/${client}/inventory#assets` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, FIRST, { asset: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/dependencies',
    summary: 'Say what needs what',
    params: OfClient,
    body: NewDependency,
    run: async ({ work, params: { client }, body }) => {
      await addDependency(work, client, body);
      return { goTo: `/clients/${client}/inventory#dependencies` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, FIRST, { dependency: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/dependencies/:id/removal',
    summary: 'Say that something is not needed any more',
    params: One,
    run: async ({ work, params: { id } }) => {
      const { client } = await removeDependency(work, id);
      return { goTo: `/clients/${client}/inventory#dependencies` };
    },
  }),
];

const FIRST = Asked.parse({});

/** The three lists, each a part at a time; a search leaves in each what bears such a name. */
async function inventory(
  work: Work,
  clientId: string,
  asked: Asked,
  forms: Partial<InventoryView['forms']> = {},
): Promise<InventoryView> {
  const client = await findClient(work, clientId);
  const activities = await listActivities(work, clientId);
  const assets = await listAssets(work, clientId);
  const names = new Map([...activities, ...assets].map(({ id, name }) => [id, name]));
  const dependencies = (await listDependencies(work, clientId)).map((dependency) => ({
    dependency,
    from: names.get(dependency.from.id) ?? '–',
    to: names.get(dependency.to) ?? '–',
  }));
  const isWanted = holds(asked.search);
  const part = <Item>(list: 'activities' | 'assets' | 'dependencies', all: Item[]) =>
    partOf(all, asked[list], (number) => addressOf(clientId, { ...asked, [list]: number }, list));
  const found = part(
    'activities',
    activities.filter(({ name }) => isWanted(name)),
  );
  return {
    client,
    search: asked.search,
    activities: { ...found, items: found.items.map((activity) => ({ activity, version: etagOf(activity) })) },
    assets: part(
      'assets',
      assets.filter(({ name, label }) => isWanted(name) || isWanted(label)),
    ),
    dependencies: part(
      'dependencies',
      dependencies.filter(({ from, to }) => isWanted(from) || isWanted(to)).sort(byNames),
    ),
    choices: { activities, assets },
    may: {
      changeActivities: may(work, 'activity.change'),
      approve: may(work, 'activity.approve'),
      changeInventory: may(work, 'inventory.change'),
    },
    forms: { asset: form(), dependency: form(), ...forms },
  };
}

const byNames = (left: { from: string; to: string }, right: { from: string; to: string }) =>
  compare(left.from, right.from) || compare(left.to, right.to);
const { compare } = new Intl.Collator('fr');

/** The address says only what differs from the page as it opens. */
function addressOf(client: string, { search, ...pages }: Asked, list: string): string {
  const turned = Object.entries(pages).filter(([, number]) => number > 1);
  const query = new URLSearchParams([
    ...(search ? [['search', search]] : []),
    ...turned.map(([name, number]) => [name, String(number)]),
  ]);
  return `/clients/${client}/inventory?${query}#${list}`;
}
