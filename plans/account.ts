/** What people keep of their own sign-in: the password, and the sessions that are open in their name. */
import { z } from 'zod';
import { record } from './audit.ts';
import { conflict, notFound } from './errors.ts';
import { inNameOf } from './people.ts';
import type { Locale } from './reports/head.ts';
import { findRulesOf, isOver } from './sign-in-rules.ts';
import { personOf, type Work } from './work.ts';

export const OpenSession = z
  .object({
    id: z.string(),
    isThisOne: z.boolean(),
    address: z.string(),
    openedAt: z.iso.datetime(),
    seenAt: z.iso.datetime(),
  })
  .meta({ id: 'OpenSession' });
export type OpenSession = z.infer<typeof OpenSession>;

/** The person at work. A token has no password and no session. */
export function whoseAccount({ actor }: Pick<Work, 'actor'>): string {
  const person = personOf(actor);
  if (person === null) throw conflict('account.person-only');
  return person;
}

/** Name, mail address and language of the person at work. */
export async function findOwnAccount(work: Work): Promise<{ name: string; email: string; locale: string }> {
  return work.db
    .selectFrom('people')
    .select(['name', 'email', 'locale'])
    .where('id', '=', whoseAccount(work))
    .executeTakeFirstOrThrow();
}

/** The language in which the person at work gets mail, and pages until another one is chosen in the browser. */
export async function changeOwnLanguage(work: Work, locale: Locale): Promise<void> {
  const person = whoseAccount(work);
  await inNameOf(work, person, () =>
    work.db.updateTable('people').set({ locale }).where('id', '=', person).execute(),
  );
  await record(work, 'language.changed', { kind: 'person', id: person, client: null }, { locale });
}

/** Sessions that are open at this provider in the name of who asks, the one used last first. `session`: the one that asks. */
export async function listOwnSessions(work: Work, session: string | null): Promise<OpenSession[]> {
  const person = whoseAccount(work);
  const rows = await inNameOf(work, person, () =>
    work.db
      .selectFrom('sessions')
      .select(['hash', 'address', 'created_at', 'seen_at'])
      .where('person_id', '=', person)
      .where('expires_at', '>', work.now)
      .where('provider_id', '=', work.provider)
      .orderBy('seen_at', 'desc')
      .limit(200)
      .execute(),
  );
  const rules = await findRulesOf(work.db, work.provider);
  const open = rows.filter((row) => !isOver(row, rules, work.now));
  return open.map(({ hash, address, created_at, seen_at }) => ({
    id: idOf(hash),
    isThisOne: hash === session,
    address,
    openedAt: created_at.toISOString(),
    seenAt: seen_at.toISOString(),
  }));
}

/** Ends one session in the name of who asks; whoever sat there has to sign in again. */
export async function endOwnSession(work: Work, id: string): Promise<void> {
  const person = whoseAccount(work);
  const { numDeletedRows } = await inNameOf(work, person, () =>
    work.db
      .deleteFrom('sessions')
      .where('person_id', '=', person)
      .where('hash', 'like', `${id}%`)
      .executeTakeFirstOrThrow(),
  );
  if (numDeletedRows === 0n) throw notFound('session');
  await record(work, 'session.ended', { kind: 'person', id: person, client: null }, { session: id });
}

/** Ends all sessions in the name of who asks but the one that asks. */
export async function endOtherSessions(work: Work, session: string | null): Promise<void> {
  const person = whoseAccount(work);
  const ended = await inNameOf(work, person, () => endAllBut(work, person, session));
  await record(work, 'session.others-ended', { kind: 'person', id: person, client: null }, { ended });
}

/**
 * Sets the password of who asks, who has just shown the old one at the edge. The session that asks goes on under a new
 * name and all others end, so that whoever was in with the old password is out.
 */
export async function changeOwnPassword(
  work: Work,
  { passwordHash, session, renewed }: { passwordHash: string; session: string; renewed: string },
): Promise<void> {
  const person = whoseAccount(work);
  const ended = await inNameOf(work, person, async () => {
    await work.db
      .updateTable('person_passwords')
      .set({ hash: passwordHash, changed_at: work.now })
      .where('person_id', '=', person)
      .execute();
    const others = await endAllBut(work, person, session);
    await work.db
      .updateTable('sessions')
      .set({ hash: renewed, confirmed_at: work.now })
      .where('hash', '=', session)
      .execute();
    return others;
  });
  await record(work, 'password.changed', { kind: 'person', id: person, client: null }, { ended });
}

async function endAllBut({ db }: Work, person: string, session: string | null): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('person_id', '=', person)
    .where('hash', '!=', session ?? '')
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Enough of the hash to tell sessions of one person apart, and too little to be taken for it. */
const idOf = (hash: string) => hash.slice(0, 16);

export const SessionId = z.string().regex(/^[0-9a-f]{16}$/);

/** Who sits at the session that asks has just shown who they are, so it goes on under a new name. */
export async function confirmOwnSession(
  work: Work,
  { session, renewed }: { session: string; renewed: string },
): Promise<void> {
  const person = whoseAccount(work);
  await inNameOf(work, person, () =>
    work.db
      .updateTable('sessions')
      .set({ hash: renewed, confirmed_at: work.now })
      .where('hash', '=', session)
      .execute(),
  );
  await record(work, 'session.confirmed', { kind: 'person', id: person, client: null });
}
