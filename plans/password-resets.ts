/** A forgotten password: a link by mail, good for an hour and for one time, and with it a new password. */
import { allow } from './access.ts';
import { notFound } from './errors.ts';
import { inNameOf } from './people.ts';
import { type Door, forgetTries } from './sign-in.ts';
import type { Work } from './work.ts';

export const RESET_MS = 3_600_000;

/** Puts a link on the account that is about to be mailed; former ones open nothing. Null when the person has no access. */
export async function openReset(work: Work, person: string, hash: string) {
  allow(work, 'work.finish');
  const member = await work.db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['email', 'name', 'locale'])
    .where('people.id', '=', person)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (!member) return null;
  await inNameOf(work, person, async () => {
    await work.db.deleteFrom('password_resets').where('person_id', '=', person).execute();
    await work.db
      .insertInto('password_resets')
      .values({
        hash,
        person_id: person,
        created_at: work.now,
        expires_at: new Date(work.now.getTime() + RESET_MS),
      })
      .execute();
  });
  return member;
}

/** Whose password the link that was shown is for, or null when it is over. */
export async function findResetAtDoor(door: Door, hash: string, now: Date): Promise<string | null> {
  const row = await door
    .selectFrom('password_resets')
    .select('person_id')
    .where('hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.person_id ?? null;
}

/** Name and address of the person that was shown, for judging their new password. */
export async function findOneselfAtDoor(door: Door, person: string) {
  return door
    .selectFrom('people')
    .select(['id', 'name', 'email'])
    .where('id', '=', person)
    .executeTakeFirstOrThrow();
}

/** Sets the new password of the person that was shown. The link is used up, and every session ends. */
export async function resetPassword(
  door: Door,
  {
    hash,
    person,
    passwordHash,
    now,
  }: { hash: string; person: { id: string; email: string }; passwordHash: string; now: Date },
): Promise<void> {
  const used = await door
    .deleteFrom('password_resets')
    .where('hash', '=', hash)
    .where('person_id', '=', person.id)
    .where('expires_at', '>', now)
    .executeTakeFirstOrThrow();
  if (used.numDeletedRows === 0n) throw notFound('password-link');
  await door
    .insertInto('person_passwords')
    .values({ person_id: person.id, hash: passwordHash, changed_at: now })
    .onConflict((known) => known.column('person_id').doUpdateSet({ hash: passwordHash, changed_at: now }))
    .execute();
  await door.deleteFrom('password_resets').where('person_id', '=', person.id).execute();
  await door.deleteFrom('sessions').where('person_id', '=', person.id).execute();
  await forgetTries(door, person.email);
}
