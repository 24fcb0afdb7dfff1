/** Second factors at the door, of the person that was shown. Each code is taken once. */

import { hashOfCode } from './factors.ts';
import type { Door } from './sign-in.ts';

export interface FactorsAtDoor {
  totp: { provider: string; sealed: Buffer } | null;
  hasPasskey: boolean;
}

/** Null: the password alone lets them in. */
export async function findFactorsAtDoor(door: Door, person: string): Promise<FactorsAtDoor | null> {
  const totp = await door
    .selectFrom('totps')
    .select(['provider_id', 'sealed_secret'])
    .where('person_id', '=', person)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  const passkey = await door
    .selectFrom('passkeys')
    .select('id')
    .where('person_id', '=', person)
    .executeTakeFirst();
  if (!totp && !passkey) return null;
  return {
    totp: totp ? { provider: totp.provider_id, sealed: totp.sealed_secret } : null,
    hasPasskey: passkey !== undefined,
  };
}

/** Takes a code of this moment, unless it or a later one was taken before. */
export async function takeTotpStep(door: Door, person: string, step: number): Promise<boolean> {
  const { numUpdatedRows } = await door
    .updateTable('totps')
    .set({ last_step: step })
    .where('person_id', '=', person)
    .where('last_step', '<', step)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function takeRecoveryCode(
  door: Door,
  person: string,
  code: string,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await door
    .updateTable('recovery_codes')
    .set({ used_at: now })
    .where('person_id', '=', person)
    .where('hash', '=', hashOfCode(person, code))
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function findPasskeyAtDoor(door: Door, person: string, id: string) {
  const row = await door
    .selectFrom('passkeys')
    .select(['id', 'public_key', 'counter', 'transports'])
    .where('person_id', '=', person)
    .where('id', '=', id)
    .executeTakeFirst();
  return row ?? null;
}

export async function markPasskeyUsed(
  door: Door,
  { id, counter, now }: { id: string; counter: number; now: Date },
): Promise<void> {
  await door.updateTable('passkeys').set({ counter, used_at: now }).where('id', '=', id).execute();
}
