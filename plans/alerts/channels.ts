/** Channels: where programs are told of alerts, as a signed webhook or in the shape of Slack or Teams. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { findClient } from '../clients.ts';
import { conflict, invalid, notFound, Refusal } from '../errors.ts';
import { LOCALES } from '../reports/head.ts';
import { Line, OptionalLine } from '../text.ts';
import type { Work } from '../work.ts';

export const CHANNEL_KINDS = ['webhook', 'slack', 'teams'] as const;

/** At least 24 bytes, so that nobody guesses it. */
const SECRET_FORM = /^whsec_[A-Za-z0-9+/]{32,128}={0,2}$/;

export const NewAlertChannel = z.object({
  name: Line(200),
  client: z.uuid().nullable().default(null).describe('Null: of the provider'),
  kind: z.enum(CHANNEL_KINDS),
  address: OptionalLine(2000)
    .default(null)
    .describe('Where to post to; kept sealed, and kept as it is when it is left out of a change'),
  locale: z.enum(LOCALES).default('fr'),
});
export type NewAlertChannel = z.infer<typeof NewAlertChannel>;

export const AlertChannel = z
  .object({
    id: z.uuid(),
    client: z.uuid().nullable(),
    name: z.string(),
    kind: z.enum(CHANNEL_KINDS),
    host: z.string().describe('Of the address, which is itself a secret'),
    isSigned: z.boolean(),
    locale: z.enum(LOCALES),
    routes: z.int().describe('How many routes use it'),
  })
  .meta({ id: 'AlertChannel' });
export type AlertChannel = z.infer<typeof AlertChannel>;

/** The secret of a webhook is told once, here; it is what its receiver checks signatures with. */
export const AddedAlertChannel = AlertChannel.extend({
  secret: z.string().nullable().describe('Told this once; of a webhook'),
}).meta({ id: 'AddedAlertChannel' });
export type AddedAlertChannel = z.infer<typeof AddedAlertChannel>;

export async function addAlertChannel(work: Work, channel: NewAlertChannel): Promise<AddedAlertChannel> {
  allow(work, 'alert-route.change');
  await refuseForeignScope(work, channel.client);
  const address = parseAddress(channel.address);
  await refuseTakenName(work, channel.name);
  const secret = channel.kind === 'webhook' ? newSecret() : null;
  const { id } = await work.db
    .insertInto('alert_channels')
    .values({
      client_id: channel.client,
      name: channel.name,
      kind: channel.kind,
      locale: channel.locale,
      host: address.host,
      sealed_address: work.seal('alert-channel', address.href),
      sealed_secret: secret === null ? null : work.seal('alert-channel', secret),
      created_at: work.now,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'alert-channel.added', about(id, channel.client), told(channel, address.host));
  return { ...(await findAlertChannel(work, id)), secret };
}

/** Changes it; the address stays when none is given. Whose it is and what kind stay as they were. */
export async function changeAlertChannel(
  work: Work,
  id: string,
  channel: NewAlertChannel,
): Promise<AlertChannel> {
  allow(work, 'alert-route.change');
  const before = await findAlertChannelForChange(work, id);
  await refuseForeignScope(work, before.client);
  if (channel.kind !== before.kind || channel.client !== before.client)
    throw invalid('kind', 'alert-channel.fixed');
  if (channel.name !== before.name) await refuseTakenName(work, channel.name);
  const address = channel.address === null ? null : parseAddress(channel.address);
  await work.db
    .updateTable('alert_channels')
    .set({
      name: channel.name,
      locale: channel.locale,
      changed_at: work.now,
      ...(address && { host: address.host, sealed_address: work.seal('alert-channel', address.href) }),
    })
    .where('id', '=', id)
    .execute();
  await record(work, 'alert-channel.changed', about(id, before.client), {
    before,
    after: told(channel, address?.host ?? before.host),
  });
  return findAlertChannel(work, id);
}

export async function removeAlertChannel(work: Work, id: string): Promise<AlertChannel> {
  allow(work, 'alert-route.change');
  const before = await findAlertChannelForChange(work, id);
  await refuseForeignScope(work, before.client);
  if (before.routes > 0) throw conflict('alert-channel.in-use', { name: before.name, count: before.routes });
  await work.db.deleteFrom('alert_channels').where('id', '=', id).execute();
  await record(work, 'alert-channel.removed', about(id, before.client), { before });
  return before;
}

export async function findAlertChannel(work: Work, id: string): Promise<AlertChannel> {
  allow(work, 'alert-route.read');
  const row = await select(work).where('channel.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('alert-channel');
  return present(row);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findAlertChannelForChange(work: Work, id: string): Promise<AlertChannel> {
  await work.db.selectFrom('alert_channels').select('id').where('id', '=', id).forUpdate().execute();
  return findAlertChannel(work, id);
}

export async function listAlertChannels(work: Work): Promise<AlertChannel[]> {
  allow(work, 'alert-route.read');
  const rows = await select(work).orderBy('channel.name').limit(1000).execute();
  return rows.map(present);
}

/** What is the provider's own is changed by who sees all of its clients. */
export async function refuseForeignScope(work: Work, client: string | null): Promise<void> {
  if (client !== null) await findClient(work, client);
  else if (work.clients !== 'all') throw new Refusal('forbidden', 'alert-route.of-provider');
}

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;

/** The bytes that a webhook is signed with. */
export function secretBytes(secret: string): Buffer {
  if (!SECRET_FORM.test(secret)) throw new Error('This is no secret of a webhook.');
  return Buffer.from(secret.slice('whsec_'.length), 'base64');
}

function parseAddress(text: string | null): URL {
  const address = text !== null && URL.canParse(text) ? new URL(text) : null;
  if (!address || !['https:', 'http:'].includes(address.protocol) || address.username || address.password)
    throw invalid('address', 'alert-channel.address');
  return address;
}

async function refuseTakenName({ db }: Work, name: string) {
  const taken = await db
    .selectFrom('alert_channels')
    .select('id')
    .where('name', '=', name)
    .executeTakeFirst();
  if (taken) throw conflict('alert-channel.name-taken', { name });
}

const about = (id: string, client: string | null) => ({ kind: 'alert-channel', id, client });

/** For the trail: the address is a secret. */
const told = ({ name, kind, client, locale }: NewAlertChannel, host: string) => ({
  name,
  kind,
  client,
  locale,
  host,
});

const select = ({ db }: Work) =>
  db
    .selectFrom('alert_channels as channel')
    .select(['channel.id', 'client_id', 'name', 'kind', 'host', 'locale'])
    .select((row) => [
      row('sealed_secret', 'is not', null).as('is_signed'),
      row
        .selectFrom('alert_recipients')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('channel_id', '=', 'channel.id')
        .as('routes'),
    ]);

const present = (
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
): AlertChannel => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  kind: row.kind,
  host: row.host,
  isSigned: Boolean(row.is_signed),
  locale: row.locale as AlertChannel['locale'],
  routes: row.routes ?? 0,
});
