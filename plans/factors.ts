/** Second factors of the person at work: codes of an app (TOTP), passkeys, and recovery codes for when all else is lost. */
import { z } from 'zod';
import { whoseAccount } from './account.ts';
import { record } from './audit.ts';
import { sha256 } from './canonical.ts';
import { conflict, notFound } from './errors.ts';
import { inNameOf } from './people.ts';
import type { Work } from './work.ts';

export const RECOVERY_CODES = 10;
const MOST_PASSKEYS = 20;

export const Passkey = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
});
export type Passkey = z.infer<typeof Passkey>;

export interface OwnFactors {
  hasTotp: boolean;
  passkeys: Passkey[];
  /** How many can still be used. */
  codesLeft: number;
}

export async function listOwnFactors(work: Work): Promise<OwnFactors> {
  const person = whoseAccount(work);
  return inNameOf(work, person, async () => {
    const totp = await work.db
      .selectFrom('totps')
      .select('id')
      .where('person_id', '=', person)
      .where('confirmed_at', 'is not', null)
      .executeTakeFirst();
    const passkeys = await work.db
      .selectFrom('passkeys')
      .select(['id', 'name', 'created_at', 'used_at'])
      .where('person_id', '=', person)
      .orderBy('created_at')
      .limit(MOST_PASSKEYS)
      .execute();
    const { left } = await work.db
      .selectFrom('recovery_codes')
      .select((row) => row.fn.countAll<number>().as('left'))
      .where('person_id', '=', person)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow();
    return {
      hasTotp: totp !== undefined,
      passkeys: passkeys.map(({ created_at, used_at, ...passkey }) => ({
        ...passkey,
        createdAt: created_at.toISOString(),
        usedAt: used_at?.toISOString() ?? null,
      })),
      codesLeft: left,
    };
  });
}

/** Keeps a new secret, sealed at the edge, that counts once its first code was shown. */
export async function startTotp(work: Work, sealed: Buffer): Promise<void> {
  const person = whoseAccount(work);
  if ((await listOwnFactors(work)).hasTotp) throw conflict('totp.set-up-already');
  await inNameOf(work, person, async () => {
    await work.db.deleteFrom('totps').where('person_id', '=', person).execute();
    await work.db
      .insertInto('totps')
      .values({ person_id: person, sealed_secret: sealed, created_at: work.now })
      .execute();
  });
}

/** The secret that waits for its first code; null when none does. */
export async function findStartedTotp(work: Work): Promise<{ provider: string; sealed: Buffer } | null> {
  const person = whoseAccount(work);
  const row = await inNameOf(work, person, () =>
    work.db
      .selectFrom('totps')
      .select(['provider_id', 'sealed_secret'])
      .where('person_id', '=', person)
      .where('confirmed_at', 'is', null)
      .executeTakeFirst(),
  );
  return row ? { provider: row.provider_id, sealed: row.sealed_secret } : null;
}

/** The first code was right: from now on signing in asks for one. */
export async function confirmTotp(
  work: Work,
  { step, session }: { step: number; session: string | null },
): Promise<void> {
  const person = whoseAccount(work);
  await inNameOf(work, person, async () => {
    await work.db
      .updateTable('totps')
      .set({ confirmed_at: work.now, last_step: step })
      .where('person_id', '=', person)
      .where('confirmed_at', 'is', null)
      .execute();
    await strengthen(work, person, session);
  });
  await record(work, 'second-factor.added', ofPerson(person), { factor: 'totp' });
}

export async function removeTotp(work: Work): Promise<void> {
  const person = whoseAccount(work);
  const { numDeletedRows } = await inNameOf(work, person, () =>
    work.db.deleteFrom('totps').where('person_id', '=', person).executeTakeFirstOrThrow(),
  );
  if (numDeletedRows === 0n) throw notFound('totp');
  await record(work, 'second-factor.removed', ofPerson(person), { factor: 'totp' });
  await dropCodesWithoutFactor(work, person);
}

export interface NewPasskey {
  id: string;
  name: string;
  publicKey: Uint8Array;
  counter: number;
  transports: string[];
}

export async function addPasskey(work: Work, passkey: NewPasskey, session: string | null): Promise<void> {
  const person = whoseAccount(work);
  const { passkeys } = await listOwnFactors(work);
  if (passkeys.length >= MOST_PASSKEYS) throw conflict('passkey.too-many', { most: MOST_PASSKEYS });
  await inNameOf(work, person, async () => {
    await work.db
      .insertInto('passkeys')
      .values({
        id: passkey.id,
        person_id: person,
        name: passkey.name,
        public_key: Buffer.from(passkey.publicKey),
        counter: passkey.counter,
        transports: passkey.transports,
        created_at: work.now,
      })
      .execute();
    await strengthen(work, person, session);
  });
  await record(work, 'second-factor.added', ofPerson(person), { factor: 'passkey', name: passkey.name });
}

export async function removePasskey(work: Work, id: string): Promise<void> {
  const person = whoseAccount(work);
  const removed = await inNameOf(work, person, () =>
    work.db
      .deleteFrom('passkeys')
      .where('person_id', '=', person)
      .where('id', '=', id)
      .returning('name')
      .executeTakeFirst(),
  );
  if (!removed) throw notFound('passkey');
  await record(work, 'second-factor.removed', ofPerson(person), { factor: 'passkey', ...removed });
  await dropCodesWithoutFactor(work, person);
}

/** New codes in the place of all former ones. They were made at the edge, which shows them once. */
export async function replaceRecoveryCodes(work: Work, codes: readonly string[]): Promise<void> {
  const person = whoseAccount(work);
  const { hasTotp, passkeys } = await listOwnFactors(work);
  if (!hasTotp && passkeys.length === 0) throw conflict('recovery-codes.without-factor');
  await inNameOf(work, person, async () => {
    await work.db.deleteFrom('recovery_codes').where('person_id', '=', person).execute();
    await work.db
      .insertInto('recovery_codes')
      .values(codes.map((code) => ({ person_id: person, hash: hashOfCode(person, code) })))
      .execute();
  });
  await record(work, 'recovery-codes.made', ofPerson(person), {});
}

/** Long and random, so they need no slowness; spaces, dashes and capitals are the reader's. */
export const hashOfCode = (person: string, code: string) =>
  sha256(`${person}\n${code.toLowerCase().replace(/[^a-z0-9]/g, '')}`);

/** Somebody who has just shown a factor need not show it again. */
async function strengthen({ db, now }: Work, person: string, session: string | null) {
  await db
    .updateTable('sessions')
    .set({ has_second_factor: true, confirmed_at: now })
    .where('person_id', '=', person)
    .where('hash', '=', session ?? '')
    .execute();
}

async function dropCodesWithoutFactor(work: Work, person: string) {
  const { hasTotp, passkeys } = await listOwnFactors(work);
  if (hasTotp || passkeys.length > 0) return;
  await inNameOf(work, person, () =>
    work.db.deleteFrom('recovery_codes').where('person_id', '=', person).execute(),
  );
}

const ofPerson = (id: string) => ({ kind: 'person', id, client: null });
