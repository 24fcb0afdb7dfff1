/** How people of a provider are shown out: signed out everywhere, or gone for good. */
import { allow } from './access.ts';
import { record } from './audit.ts';
import { conflict, notFound } from './errors.ts';
import { inNameOf } from './people.ts';
import { personOf, type Work } from './work.ts';

/** Signs somebody out of this provider in every browser, for example after a laptop was lost. */
export async function endSessionsOfMember(work: Work, person: string): Promise<void> {
  allow(work, 'member.change');
  await findMemberForChange(work, person);

  const ended = await endSessions(work, person);
  await record(work, 'member.sessions-ended', { kind: 'person', id: person, client: null }, { ended });
}

/** Ends what somebody may do and see here. What they did stays on record under their name. */
export async function endMembership(work: Work, person: string): Promise<void> {
  allow(work, 'member.change');
  const owners = await lockOwners(work);
  const { role } = await findMemberForChange(work, person);
  if (personOf(work.actor) === person) throw conflict('member.not-oneself');
  if (owners.length === 1 && owners.includes(person)) throw conflict('member.last-owner');

  await work.db
    .updateTable('memberships')
    .set({ ended_at: work.now })
    .where('provider_id', '=', work.provider)
    .where('person_id', '=', person)
    .execute();
  const ended = await endSessions(work, person);
  await record(work, 'member.ended', { kind: 'person', id: person, client: null }, { role, ended });
}

/** A member whose access is not over, locked until the change is done. */
export async function findMemberForChange({ db, provider }: Work, person: string) {
  const member = await db
    .selectFrom('memberships')
    .select('role')
    .where('provider_id', '=', provider)
    .where('person_id', '=', person)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!member) throw notFound('member');
  return member;
}

/** Locked before anybody else and in one order, so that two who end each other at once wait in turn. */
export async function lockOwners({ db, provider, now }: Work): Promise<string[]> {
  const owners = await db
    .selectFrom('memberships')
    .select('person_id')
    .where('provider_id', '=', provider)
    .where('role', '=', 'owner')
    .where('ended_at', 'is', null)
    .where((where) => where.or([where('valid_until', 'is', null), where('valid_until', '>', now)]))
    .orderBy('person_id')
    .limit(1000)
    .forUpdate()
    .execute();
  return owners.map(({ person_id }) => person_id);
}

/** Those at this provider only: what somebody does at another one is theirs. */
export async function endSessions(work: Work, person: string): Promise<number> {
  const { numDeletedRows } = await inNameOf(work, person, () =>
    work.db
      .deleteFrom('sessions')
      .where('person_id', '=', person)
      .where('provider_id', '=', work.provider)
      .executeTakeFirstOrThrow(),
  );
  return Number(numDeletedRows);
}
