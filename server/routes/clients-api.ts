import { z } from 'zod';
import {
  Client,
  changeClient,
  createClient,
  findClient,
  findClientForChange,
  listClients,
  NewClient,
} from '#/plans/clients.ts';
import { planAnew } from '#/plans/schedules/schedules.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, PagedByName } from '../http/shapes.ts';
import { makeClientKeys } from '../keys.ts';

/** Clients themselves. */
export const clientsApi = [
  api({
    method: 'get',
    path: '/clients',
    summary: 'Clients by name',
    query: PagedByName,
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
    method: 'put',
    path: '/clients/:client',
    summary: 'Change the settings of a client',
    params: OfClient,
    body: NewClient,
    output: Client,
    current: ({ work, params: { client } }) => findClientForChange(work, client),
    run: async ({ work, params: { client }, body }) => {
      const changed = await changeClient(work, client, body);
      await planAnew(work, client);
      return changed;
    },
  }),
];
