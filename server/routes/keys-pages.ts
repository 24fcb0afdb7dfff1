import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { findClient } from '#/plans/clients.ts';
import {
  changeKeyDrillInterval,
  findKeyDrillInterval,
  KeyDrillInterval,
} from '#/plans/key-drill-interval.ts';
import { listKeyHolders } from '#/plans/key-holders.ts';
import { listClientKeys } from '#/plans/keys.ts';
import type { Work } from '#/plans/work.ts';
import { page, type Typed } from '../http/route.ts';
import { OfClient } from '../http/shapes.ts';
import { sheetOf } from '../key-sheet.ts';
import { replaceRecoveryKey, replaceVerifierKey } from '../keys.ts';
import { form, type KeysView } from '../views.ts';

const Confirmed = z.object({
  replaces: z.string().max(64),
  isConfirmed: z.literal('on', { error: 'client-key.unconfirmed' }),
});

/** Keys of a client, and replacing one. A new recovery key is shown in the answer itself, at no address of its own. */
export const keysPages = [
  page({
    method: 'get',
    path: '/clients/:client/keys',
    summary: 'Keys of a client',
    params: OfClient,
    run: async ({ work, params: { client } }) => ({
      show: 'protection/keys',
      data: await keys(work, client),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/keys/recovery',
    summary: 'Replace the recovery key',
    params: OfClient,
    body: Confirmed.extend({
      recipient: z.preprocess((text) => text || null, z.string().max(200).nullable()),
    }),
    run: async ({ work, params: { client }, body }) => {
      const { recipient, recoveryIdentity } = await replaceRecoveryKey(work, client, body);
      if (recoveryIdentity === null) return { goTo: `/clients/${client}/keys` };
      const made = { identity: recoveryIdentity, recipient, replaces: body.replaces };
      return {
        show: 'clients/created',
        data: await sheetOf(work, { client: await findClient(work, client), ...made }),
      };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'protection/keys',
      data: await keys(work, client, { recovery: form(withoutSecret(typed), problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/keys/verifier',
    summary: 'Replace the verifier key',
    params: OfClient,
    body: Confirmed,
    run: async ({ work, params: { client }, body }) => {
      await replaceVerifierKey(work, client, body);
      return { goTo: `/clients/${client}/keys` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'protection/keys',
      data: await keys(work, client, { verifier: form(typed, problem) }),
    }),
  }),
  page({
    method: 'post',
    path: '/clients/:client/key-drill-interval',
    summary: 'Change how long what a key drill showed counts',
    params: OfClient,
    body: KeyDrillInterval,
    run: async ({ work, params: { client }, body }) => {
      await changeKeyDrillInterval(work, client, body);
      return { goTo: `/clients/${client}/keys` };
    },
    again: async ({ work, params: { client }, typed, problem }) => ({
      show: 'protection/keys',
      data: await keys(work, client, { interval: form(typed, problem) }),
    }),
  }),
];

async function keys(work: Work, client: string, forms: Partial<KeysView['forms']> = {}): Promise<KeysView> {
  const all = await listClientKeys(work, client);
  const inUse = (purpose: string) => all.find((key) => key.purpose === purpose && key.retiredAt === null);
  return {
    client: await findClient(work, client),
    keys: all,
    inUse: {
      recovery: inUse('recovery')?.fingerprint ?? null,
      verifier: inUse('verifier')?.fingerprint ?? null,
    },
    holders: (await listKeyHolders(work, client)).filter(({ endedAt }) => endedAt === null),
    mayReplace: may(work, 'key.change'),
    mayChangeInterval: may(work, 'client.change'),
    forms: {
      recovery: form(),
      verifier: form(),
      interval: form(asTyped(await findKeyDrillInterval(work, client))),
      ...forms,
    },
  };
}

const asTyped = ({ days, askDays }: KeyDrillInterval) => ({
  days: String(days),
  askDays: askDays === null ? '' : String(askDays),
});

/** A secret key typed by mistake is not sent back over the wire. */
const withoutSecret = ({ recipient = '', ...typed }: Typed): Typed =>
  /^\s*age1[0-9a-z]*\s*$/.test(String(recipient)) ? { ...typed, recipient } : typed;
