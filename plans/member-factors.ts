/** Second factors of others: who has which, and taking them from somebody who lost all of theirs. */
import { allow } from './access.ts';
import { record } from './audit.ts';
import { conflict } from './errors.ts';
import { findMemberForChange } from './member-endings.ts';
import { inNameOf } from './people.ts';
import { personOf, type Work } from './work.ts';

export interface MemberFactors {
  person: string;
  hasTotp: boolean;
  passkeys: number;
}

/** Of everybody at the provider who has any. Codes that were set up at another provider are seen there alone. */
export async function listMemberFactors(work: Work): Promise<MemberFactors[]> {
  allow(work, 'member.change');
  const totps = await work.db
    .selectFrom('totps')
    .select('person_id')
    .where('confirmed_at', 'is not', null)
    .limit(1000)
    .execute();
  const passkeys = await work.db
    .selectFrom('passkeys')
    .select((row) => ['person_id', row.fn.countAll<number>().as('count')])
    .groupBy('person_id')
    .limit(1000)
    .execute();
  const people = new Set([...totps, ...passkeys].map(({ person_id }) => person_id));
  return [...people].map((person) => ({
    person,
    hasTotp: totps.some(({ person_id }) => person_id === person),
    passkeys: passkeys.find(({ person_id }) => person_id === person)?.count ?? 0,
  }));
}

/**
 * Takes all second factors from somebody who lost them, who is signed out and told by mail. Whoever works at another provider
 * too is left to the service itself: one provider does not weaken the door of another.
 */
export async function resetSecondFactors(work: Work, person: string): Promise<void> {
  allow(work, 'member.change');
  if (personOf(work.actor) === person) throw conflict('second-factor.own');
  await findMemberForChange(work, person);
  const removed = await inNameOf(work, person, async () => {
    if (work.actor.role !== 'service') await refuseElsewhere(work, person);
    const totps = await work.db.deleteFrom('totps').where('person_id', '=', person).executeTakeFirstOrThrow();
    const passkeys = await work.db
      .deleteFrom('passkeys')
      .where('person_id', '=', person)
      .executeTakeFirstOrThrow();
    await work.db.deleteFrom('recovery_codes').where('person_id', '=', person).execute();
    await work.db.deleteFrom('sessions').where('person_id', '=', person).execute();
    return { totp: Number(totps.numDeletedRows), passkeys: Number(passkeys.numDeletedRows) };
  });
  await record(work, 'second-factor.reset', { kind: 'person', id: person, client: null }, removed);
  await work.enqueue('mail-factor-reset', { person });
}

/** Name, address and language of whom a mail is about. */
export async function findAddressee(work: Work, person: string) {
  allow(work, 'work.finish');
  const found = await work.db
    .selectFrom('memberships')
    .innerJoin('people', 'people.id', 'memberships.person_id')
    .select(['email', 'name', 'locale'])
    .where('people.id', '=', person)
    .executeTakeFirst();
  return found ?? null;
}

async function refuseElsewhere({ db, provider }: Work, person: string) {
  const elsewhere = await db
    .selectFrom('memberships')
    .select('provider_id')
    .where('person_id', '=', person)
    .where('provider_id', '!=', provider)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (elsewhere) throw conflict('second-factor.elsewhere');
}
