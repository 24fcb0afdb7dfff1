/**
 * Keys. A provider signs recovery points and seals reports; a client has a recovery recipient, whose identity leaves
 * with the client, and a verifier recipient, whose identity only the workers open. Private parts are sealed.
 */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { hasNotExpired } from './point-expiries.ts';
import type { Work } from './work.ts';

export type ProviderKeyPurpose = 'point-signing' | 'report-sealing' | 'order-signing';
const CLIENT_KEY_PURPOSES = ['recovery', 'verifier'] as const;
export type ClientKeyPurpose = (typeof CLIENT_KEY_PURPOSES)[number];

export const ClientKey = z
  .object({
    id: z.uuid(),
    purpose: z.enum(CLIENT_KEY_PURPOSES),
    recipient: z.string(),
    fingerprint: z.string(),
    createdAt: z.iso.datetime(),
    retiredAt: z.iso.datetime().nullable().describe('Null while it is in use'),
    points: z.int().describe('Recovery points that are sealed to it'),
  })
  .meta({ id: 'ClientKey' });
export type ClientKey = z.infer<typeof ClientKey>;

export async function addProviderKey(
  work: Work,
  {
    purpose,
    publicPart,
    privatePart,
  }: { purpose: ProviderKeyPurpose; publicPart: string; privatePart: string },
): Promise<void> {
  allow(work, 'member.change');
  const { id } = await work.db
    .insertInto('provider_keys')
    .values({
      purpose,
      public_part: publicPart,
      sealed_private: work.seal(purpose, privatePart),
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(
    work,
    'provider-key.added',
    { kind: 'provider-key', id, client: null },
    { purpose, publicPart },
  );
}

/** The key in use. Its private part is still sealed. */
export async function findProviderKey({ db }: Pick<Work, 'db'>, purpose: ProviderKeyPurpose) {
  const row = await db
    .selectFrom('provider_keys')
    .select(['public_part', 'sealed_private'])
    .where('purpose', '=', purpose)
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw notFound('provider-key');
  return { publicPart: row.public_part, sealedPrivate: row.sealed_private };
}

/** Public parts of all keys that ever served a purpose: what they signed stays valid when they retire. */
export async function listPublicKeys(
  { db }: Pick<Work, 'db'>,
  purpose: ProviderKeyPurpose,
): Promise<string[]> {
  const rows = await db
    .selectFrom('provider_keys')
    .select('public_part')
    .where('purpose', '=', purpose)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
  return rows.map(({ public_part }) => public_part);
}

/** `identity` is null when the client keeps it: then we can seal for it and never open. */
export async function addClientKey(
  work: Work,
  client: string,
  { purpose, recipient, identity }: { purpose: ClientKeyPurpose; recipient: string; identity: string | null },
): Promise<void> {
  allow(work, 'client.change');
  await insertClientKey(work, client, { purpose, recipient, identity });
}

/**
 * Puts a new key in the place of the one in use, which is named by its fingerprint: of two people who replace the same
 * key, the second is refused. The old one stays on record, for as long as points are sealed to it.
 */
export async function replaceClientKey(
  work: Work,
  client: string,
  {
    replaces,
    ...key
  }: { purpose: ClientKeyPurpose; recipient: string; identity: string | null; replaces: string },
): Promise<void> {
  allow(work, 'key.change');
  await findClient(work, client);
  await refuseKnownRecipient(work, client, key.recipient);
  const retired = await work.db
    .updateTable('client_keys')
    .set({ retired_at: work.now })
    .where('client_id', '=', client)
    .where('purpose', '=', key.purpose)
    .where('fingerprint', '=', replaces)
    .where('retired_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!retired) throw conflict('client-key.not-in-use', { fingerprint: replaces });
  await record(
    work,
    'client-key.retired',
    { kind: 'client-key', id: retired.id, client },
    { purpose: key.purpose, fingerprint: replaces },
  );
  await insertClientKey(work, client, key);
}

/** Every key of a client, those in use first, with how many points each one opens. */
export async function listClientKeys(work: Work, client: string): Promise<ClientKey[]> {
  allow(work, 'protection.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('client_keys as key')
    .select(['id', 'purpose', 'recipient', 'fingerprint', 'created_at', 'retired_at'])
    .select(({ selectFrom }) =>
      selectFrom('recovery_points as point')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .whereRef('point.client_id', '=', 'key.client_id')
        .where(sql<boolean>`key.fingerprint = any(point.sealed_to)`)
        .where(hasNotExpired('point'))
        .as('points'),
    )
    .where('client_id', '=', client)
    .orderBy(sql`retired_at desc nulls first`)
    .orderBy('purpose')
    .limit(200)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    purpose: row.purpose,
    recipient: row.recipient,
    fingerprint: row.fingerprint,
    createdAt: row.created_at.toISOString(),
    retiredAt: row.retired_at?.toISOString() ?? null,
    points: row.points ?? 0,
  }));
}

/** Recipients that every new pack of a client is sealed for. */
export async function listRecipients({ db }: Work, client: string): Promise<string[]> {
  const rows = await db
    .selectFrom('client_keys')
    .select('recipient')
    .where('client_id', '=', client)
    .where('retired_at', 'is', null)
    .orderBy('purpose')
    .limit(20)
    .execute();
  return rows.map(({ recipient }) => recipient);
}

/** The identity of the verifier in use, sealed; null when this installation holds none for the client. */
export async function findSealedVerifier({ db }: Work, client: string): Promise<Buffer | null> {
  const row = await db
    .selectFrom('client_keys')
    .select('sealed_identity')
    .where('client_id', '=', client)
    .where('purpose', '=', 'verifier')
    .where('retired_at', 'is', null)
    .executeTakeFirst();
  return row?.sealed_identity ?? null;
}

/** Identities of all verifier keys a client ever had, sealed, newest first: old points open with the old ones. */
export async function listSealedVerifiers({ db }: Work, client: string): Promise<Buffer[]> {
  const rows = await db
    .selectFrom('client_keys')
    .select('sealed_identity')
    .where('client_id', '=', client)
    .where('purpose', '=', 'verifier')
    .orderBy('created_at', 'desc')
    .limit(200)
    .execute();
  return rows.flatMap(({ sealed_identity }) => sealed_identity ?? []);
}

async function refuseKnownRecipient({ db }: Work, client: string, recipient: string) {
  const known = await db
    .selectFrom('client_keys')
    .select('fingerprint')
    .where('client_id', '=', client)
    .where('recipient', '=', recipient)
    .executeTakeFirst();
  if (known) throw conflict('client-key.known', known);
}

async function insertClientKey(
  work: Work,
  client: string,
  { purpose, recipient, identity }: { purpose: ClientKeyPurpose; recipient: string; identity: string | null },
): Promise<void> {
  const { id } = await work.db
    .insertInto('client_keys')
    .values({
      client_id: client,
      purpose,
      recipient,
      sealed_identity: identity === null ? null : work.seal(purpose, identity),
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'client-key.added', { kind: 'client-key', id, client }, { purpose, recipient });
}
