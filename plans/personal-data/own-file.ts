/** All that is held of a person who signs in, as they see it themselves. */
import { sql } from 'kysely';
import { z } from 'zod';
import { findOwnAccount, whoseAccount } from '../account.ts';
import { record } from '../audit.ts';
import { inNameOf } from '../people.ts';
import { ROLES, type Work } from '../work.ts';

const Moment = z.iso.datetime();

export const OwnFile = z
  .object({
    at: Moment,
    person: z.object({ id: z.uuid(), name: z.string(), email: z.string(), locale: z.string() }),
    access: z.object({ role: z.enum(ROLES), since: Moment, until: Moment.nullable() }),
    sessions: z.array(z.object({ openedAt: Moment, seenAt: Moment, address: z.string() })),
    passkeys: z.array(z.object({ name: z.string(), addedAt: Moment, usedAt: Moment.nullable() })),
    contacts: z
      .array(z.object({ client: z.uuid(), name: z.string() }))
      .describe('Directory entries tied to the sign-in'),
    trail: z
      .array(z.object({ at: Moment, action: z.string(), kind: z.string(), object: z.string() }))
      .describe('The last 10,000 things done under the sign-in'),
  })
  .meta({ id: 'OwnFile' });
export type OwnFile = z.infer<typeof OwnFile>;

/** Of one provider: what another one holds is asked for there. */
export async function exportOneself(work: Work): Promise<OwnFile> {
  const id = whoseAccount(work);
  const { name, email, locale } = await findOwnAccount(work);
  const member = await work.db
    .selectFrom('memberships')
    .select(['role', 'created_at', 'valid_until'])
    .where('provider_id', '=', work.provider)
    .where('person_id', '=', id)
    .executeTakeFirstOrThrow();
  const file: OwnFile = {
    at: work.now.toISOString(),
    person: { id, name, email, locale },
    access: {
      role: member.role,
      since: member.created_at.toISOString(),
      until: member.valid_until?.toISOString() ?? null,
    },
    sessions: await inNameOf(work, id, () => sessions(work, id)),
    passkeys: await passkeys(work, id),
    contacts: await contacts(work, id),
    trail: await trail(work, id),
  };
  await record(work, 'personal-data.exported', { kind: 'person', id, client: null });
  return file;
}

async function sessions({ db, provider }: Work, person: string): Promise<OwnFile['sessions']> {
  const rows = await db
    .selectFrom('sessions')
    .select(['created_at', 'seen_at', 'address'])
    .where('person_id', '=', person)
    .where('provider_id', '=', provider)
    .orderBy('created_at', 'desc')
    .limit(1000)
    .execute();
  return rows.map((row) => ({
    openedAt: row.created_at.toISOString(),
    seenAt: row.seen_at.toISOString(),
    address: row.address,
  }));
}

async function passkeys({ db }: Work, person: string): Promise<OwnFile['passkeys']> {
  const rows = await db
    .selectFrom('passkeys')
    .select(['name', 'created_at', 'used_at'])
    .where('person_id', '=', person)
    .orderBy('created_at')
    .limit(1000)
    .execute();
  return rows.map((row) => ({
    name: row.name,
    addedAt: row.created_at.toISOString(),
    usedAt: row.used_at?.toISOString() ?? null,
  }));
}

async function contacts({ db }: Work, person: string): Promise<OwnFile['contacts']> {
  const rows = await db
    .selectFrom('contacts')
    .select(['client_id', 'name'])
    .where('person_id', '=', person)
    .orderBy('name')
    .limit(1000)
    .execute();
  return rows.map(({ client_id, name }) => ({ client: client_id, name }));
}

async function trail({ db, actor: { name } }: Work, person: string): Promise<OwnFile['trail']> {
  const rows = await db
    .selectFrom('audit_events')
    .select(['at', 'action', 'object_kind', 'object_id'])
    .where('actor', '=', name)
    .where(sql<boolean>`content::jsonb -> 'actor' ->> 'id' = ${person}`)
    .orderBy('at', 'desc')
    .limit(10_000)
    .execute();
  return rows.map((row) => ({
    at: row.at.toISOString(),
    action: row.action,
    kind: row.object_kind,
    object: row.object_id,
  }));
}
