import { z } from 'zod';
import {
  Asset,
  AssetChange,
  addAsset,
  changeAsset,
  findAsset,
  findAssetForChange,
  listAssets,
  NewAsset,
  retireAsset,
} from '#/plans/assets.ts';
import { Client, createClient, findClient, listClients, NewClient } from '#/plans/clients.ts';
import {
  addDependency,
  Dependency,
  listDependencies,
  NewDependency,
  removeDependency,
} from '#/plans/dependencies.ts';
import { api } from '../http/route.ts';
import { listOf, Nothing, OfClient, One, Paged, whole } from '../http/shapes.ts';
import { makeClientKeys } from '../keys.ts';

/** Clients and what they have and need. */
export const clientsApi = [
  api({
    method: 'get',
    path: '/clients',
    summary: 'Clients by name',
    query: Paged,
    output: listOf(Client),
    run: async ({ work, query: { cursor } }) => {
      const { clients, next } = await listClients(work, { after: cursor ?? null, search: null });
      return { items: clients, next };
    },
  }),
  api({
    method: 'post',
    path: '/clients',
    summary: 'Take a client on; its keys are made at once',
    body: NewClient,
    output: Client.extend({
      recoveryIdentity: z
        .string()
        .describe('age identity for the client to keep; told this once and stored nowhere'),
    }),
    status: 201,
    run: async ({ work, body }) => {
      const client = await createClient(work, body);
      const { recoveryIdentity } = await makeClientKeys(work, client.id);
      return { ...client, recoveryIdentity };
    },
  }),
  api({
    method: 'get',
    path: '/clients/:client',
    summary: 'One client',
    params: OfClient,
    output: Client,
    run: ({ work, params: { client } }) => findClient(work, client),
  }),

  api({
    method: 'get',
    path: '/clients/:client/assets',
    summary: 'Assets of a client',
    params: OfClient,
    output: listOf(Asset),
    run: async ({ work, params: { client } }) => whole(await listAssets(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/assets',
    summary: 'Add an asset',
    params: OfClient,
    body: NewAsset,
    output: Asset,
    status: 201,
    run: ({ work, params: { client }, body }) => addAsset(work, client, body),
  }),
  api({
    method: 'get',
    path: '/assets/:id',
    summary: 'One asset',
    params: One,
    output: Asset,
    run: ({ work, params: { id } }) => findAsset(work, id),
  }),
  api({
    method: 'put',
    path: '/assets/:id',
    summary: 'Change an asset; its label stays',
    params: One,
    body: AssetChange,
    output: Asset,
    current: ({ work, params: { id } }) => findAssetForChange(work, id),
    run: ({ work, params: { id }, body }) => changeAsset(work, id, body),
  }),
  api({
    method: 'delete',
    path: '/assets/:id',
    summary: 'Take an asset out of the inventory; its points and tests stay',
    params: One,
    output: Nothing,
    status: 204,
    current: ({ work, params: { id } }) => findAssetForChange(work, id),
    run: async ({ work, params: { id } }) => {
      await retireAsset(work, id);
      return {};
    },
  }),

  api({
    method: 'get',
    path: '/clients/:client/dependencies',
    summary: 'What needs what',
    params: OfClient,
    output: listOf(Dependency),
    run: async ({ work, params: { client } }) => whole(await listDependencies(work, client)),
  }),
  api({
    method: 'post',
    path: '/clients/:client/dependencies',
    summary: 'Say that an activity or asset needs an asset',
    params: OfClient,
    body: NewDependency,
    output: Dependency,
    status: 201,
    run: ({ work, params: { client }, body }) => addDependency(work, client, body),
  }),
  api({
    method: 'delete',
    path: '/dependencies/:id',
    summary: 'Remove a dependency',
    params: One,
    output: Nothing,
    status: 204,
    run: async ({ work, params: { id } }) => {
      await removeDependency(work, id);
      return {};
    },
  }),
];
