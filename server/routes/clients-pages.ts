import { may } from '#/plans/access.ts';
import {
  addActivity,
  approveActivity,
  findActivity,
  listActivities,
  NewActivity,
} from '#/plans/activities.ts';
import { addAsset, listAssets, NewAsset } from '#/plans/assets.ts';
import { findClient } from '#/plans/clients.ts';
import { addDependency, listDependencies, NewDependency } from '#/plans/dependencies.ts';
import type { Work } from '#/plans/work.ts';
import { page } from '../http/route.ts';
import { OfClient, One } from '../http/shapes.ts';
import { form, type InventoryView } from '../views.ts';
import { overview } from './client-overview.ts';

/** A client at a glance, and what it has and needs. */
export const clientsPages = [
  page({
    method: 'get',
    path: '/clients/:client',
    summary: 'A client at a glance',
    params: OfClient,
    run: async ({ work, locale, params: { client } }) => ({
      show: 'clients/overview',
      data: await overview(work, client, locale, form()),
    }),
  }),
  page({
    method: 'get',
    path: '/clients/:client/inventory',
    summary: 'Activities, assets and dependencies',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/activities',
    summary: 'Add an activity',
    params: OfClient,
    body: NewActivity,
    run: async ({ work, params: { client }, body }) => {
      await addActivity(work, client, body);
      return { goTo: `/clients/${client}/inventory` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, { activity: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/assets',
    summary: 'Add an asset',
    params: OfClient,
    body: NewAsset.omit({ label: true }),
    run: async ({ work, params: { client }, body }) => {
      await addAsset(work, client, body);
      return { goTo: `/clients/${client}/inventory` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, { asset: form(typed, problem) }),
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
      return { goTo: `/clients/${client}/inventory` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, client, { dependency: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/activities/:id/approval',
    summary: 'Approve the impact analysis of an activity',
    params: One,
    run: async ({ work, params: { id } }) => ({
      goTo: `/clients/${(await approveActivity(work, id)).client}/inventory`,
    }),
    again: async ({ work, params: { id }, typed, problem }) => ({
      show: 'clients/inventory',
      data: await inventory(work, (await findActivity(work, id)).client, { activity: form(typed, problem) }),
    }),
  }),
];

async function inventory(
  work: Work,
  clientId: string,
  forms: Partial<InventoryView['forms']> = {},
): Promise<InventoryView> {
  const client = await findClient(work, clientId);
  const activities = await listActivities(work, clientId);
  const assets = await listAssets(work, clientId);
  const names = new Map([...activities, ...assets].map(({ id, name }) => [id, name]));
  const dependencies = await listDependencies(work, clientId);
  return {
    client,
    activities,
    assets,
    dependencies: dependencies.map((dependency) => ({
      dependency,
      from: names.get(dependency.from.id) ?? '–',
      to: names.get(dependency.to) ?? '–',
    })),
    may: {
      changeActivities: may(work, 'activity.change'),
      approve: may(work, 'activity.approve'),
      changeInventory: may(work, 'inventory.change'),
    },
    forms: { activity: form(), asset: form(), dependency: form(), ...forms },
  };
}
