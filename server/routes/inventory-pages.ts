import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActivities } from '#/plans/activities.ts';
import { listAssets } from '#/plans/assets.ts';
import { findClient } from '#/plans/clients.ts';
import { listDependencies } from '#/plans/dependencies.ts';
import type { Work } from '#/plans/work.ts';
import { etagOf, page } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import type { InventoryView } from '../views.ts';
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
];

/** The three lists, each a part at a time; a search leaves in each what bears such a name. */
async function inventory(work: Work, clientId: string, asked: Asked): Promise<InventoryView> {
  const client = await findClient(work, clientId);
  const activities = await listActivities(work, clientId);
  const assets = await listAssets(work, clientId);
  const dependencies = await listDependencies(work, clientId);
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
      dependencies.filter(({ fromName, toName }) => isWanted(fromName) || isWanted(toName)),
    ),
    may: {
      changeActivities: may(work, 'activity.change'),
      approve: may(work, 'activity.approve'),
      changeInventory: may(work, 'inventory.change'),
    },
  };
}

/** The address says only what differs from the page as it opens. */
function addressOf(client: string, { search, ...pages }: Asked, list: string): string {
  const turned = Object.entries(pages).filter(([, number]) => number > 1);
  const query = new URLSearchParams([
    ...(search ? [['search', search]] : []),
    ...turned.map(([name, number]) => [name, String(number)]),
  ]);
  return `/clients/${client}/inventory?${query}#${list}`;
}
