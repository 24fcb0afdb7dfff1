/**
 * Keys. A provider signs recovery points and seals reports; a client has a recovery recipient, whose identity leaves
 * with the client, and a verifier recipient, whose identity only the workers open. Private parts are sealed.
 */
import { allow } from './access.ts';
import { record } from './audit.ts';
import { notFound } from './errors.ts';
import type { Work } from './work.ts';

export type ProviderKeyPurpose = 'point-signing' | 'report-sealing';
export type ClientKeyPurpose = 'recovery' | 'verifier';

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

/** The verifier's identity, sealed; null when this installation holds none for the client. */
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
