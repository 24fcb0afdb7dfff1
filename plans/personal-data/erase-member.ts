/** Takes out what is held of a person whose access has ended everywhere. What they did stays in the trail, as the law asks: see `erase-contact.ts`. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from '../access.ts';
import { record } from '../audit.ts';
import { conflict, notFound } from '../errors.ts';
import { endSessions } from '../member-endings.ts';
import { inNameOf } from '../people.ts';
import { listOwnProviders } from '../sign-in.ts';
import type { Work } from '../work.ts';
import { type Erasure, placeholderOf } from './erase-contact.ts';

/** The domain that RFC 2606 keeps for addresses that reach nobody. */
const NOWHERE = 'erased.invalid';

export const FormerMember = z
  .object({ id: z.uuid(), name: z.string(), email: z.string(), endedAt: z.iso.datetime() })
  .meta({ id: 'FormerMember' });
export type FormerMember = z.infer<typeof FormerMember>;

/** People whose access ended, and who were not taken out yet. */
export async function listFormerMembers(work: Work): Promise<FormerMember[]> {
  allow(work, 'member.change');
  const rows = await work.db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['people.id', 'name', 'email', 'ended_at'])
    .where('ended_at', 'is not', null)
    .where(sql<boolean>`email not like ${`%@${NOWHERE}`}`)
    .orderBy('ended_at', 'desc')
    .limit(1000)
    .execute();
  return rows.map(({ ended_at, ...row }) => ({ ...row, endedAt: ended_at!.toISOString() }));
}

export async function eraseMember(work: Work, person: string, { reason }: Erasure): Promise<void> {
  allow(work, 'member.change');
  const member = await work.db
    .selectFrom('memberships')
    .select('ended_at')
    .where('provider_id', '=', work.provider)
    .where('person_id', '=', person)
    .forUpdate()
    .executeTakeFirst();
  if (!member) throw notFound('member');
  if (member.ended_at === null) throw conflict('member.not-ended');
  await endSessions(work, person);
  const isElsewhere = await inNameOf(
    work,
    person,
    async () => (await listOwnProviders(work.db, person, work.now)).length > 0,
  );
  if (isElsewhere) throw conflict('member.works-elsewhere');
  await inNameOf(work, person, () => forget(work, person));
  await record(
    work,
    'personal-data.erased',
    { kind: 'person', id: person, client: null },
    { placeholder: placeholderOf(person), reason },
  );
}

const OWN_TABLES = [
  'person_passwords',
  'passkeys',
  'recovery_codes',
  'totps',
  'password_resets',
  'sign_on_subjects',
] as const;

/** The address is free again: whoever has it may be invited as somebody new. */
async function forget({ db }: Work, person: string) {
  await db
    .updateTable('people')
    .set({ name: placeholderOf(person), email: `${person}@${NOWHERE}` })
    .where('id', '=', person)
    .execute();
  await db.updateTable('contacts').set({ person_id: null }).where('person_id', '=', person).execute();
  for (const table of OWN_TABLES) await db.deleteFrom(table).where('person_id', '=', person).execute();
}
