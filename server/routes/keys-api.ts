import { z } from 'zod';
import {
  changeKeyDrillInterval,
  findKeyDrillInterval,
  KeyDrillInterval,
} from '#/plans/key-drill-interval.ts';
import { ClientKey, listClientKeys } from '#/plans/keys.ts';
import { api } from '../http/route.ts';
import { listOf, OfClient, whole } from '../http/shapes.ts';
import { replaceRecoveryKey, replaceVerifierKey } from '../keys.ts';

const Replaced = z.object({
  replaces: z.string().max(64).describe('Fingerprint of the key in use, so that nobody replaces a newer one'),
});

/** Keys of a client, and putting new ones in their place. */
export const keysApi = [
  api({
    method: 'get',
    path: '/clients/:client/keys',
    summary: 'Keys of a client, in use and retired, and how many recovery points each one opens',
    params: OfClient,
    output: listOf(ClientKey),
    run: async ({ work, params: { client } }) => whole(await listClientKeys(work, client)),
  }),
  api({
    method: 'get',
    path: '/clients/:client/key-drill-interval',
    summary: 'How long what a key drill showed counts',
    params: OfClient,
    output: KeyDrillInterval,
    run: ({ work, params: { client } }) => findKeyDrillInterval(work, client),
  }),
  api({
    method: 'put',
    path: '/clients/:client/key-drill-interval',
    summary: 'Change how long what a key drill showed counts',
    params: OfClient,
    body: KeyDrillInterval,
    output: KeyDrillInterval,
    current: ({ work, params: { client } }) => findKeyDrillInterval(work, client),
    run: ({ work, params: { client }, body }) => changeKeyDrillInterval(work, client, body),
  }),
  api({
    method: 'post',
    path: '/clients/:client/keys/recovery',
    summary: 'Replace the recovery key; older points open with the old one only',
    params: OfClient,
    body: Replaced.extend({
      recipient: z
        .string()
        .max(200)
        .nullable()
        .default(null)
        .describe('A public age recipient made offline; when null, a key is made'),
    }),
    output: z.object({
      recipient: z.string(),
      recoveryIdentity: z
        .string()
        .nullable()
        .describe('age identity for the client to keep; told this once and stored nowhere'),
    }),
    status: 201,
    run: ({ work, params: { client }, body }) => replaceRecoveryKey(work, client, body),
  }),
  api({
    method: 'post',
    path: '/clients/:client/keys/verifier',
    summary: 'Replace the verifier key; its identity stays sealed here',
    params: OfClient,
    body: Replaced,
    output: listOf(ClientKey),
    status: 201,
    run: async ({ work, params: { client }, body }) => {
      await replaceVerifierKey(work, client, body);
      return whole(await listClientKeys(work, client));
    },
  }),
];
