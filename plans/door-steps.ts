/** What a browser has begun at the door: kept for ten minutes under the hash of a cookie, and taken once. */
import type { Door } from './sign-in.ts';

export const STEP_MS = 10 * 60_000;

export type StepKind = 'second-factor' | 'passkey' | 'new-passkey' | 'single-sign-on';

interface Step<Data> {
  person: string | null;
  data: Data;
}

export async function putStep(
  door: Door,
  {
    hash,
    kind,
    person,
    data,
    now,
  }: { hash: string; kind: StepKind; person: string | null; data: object; now: Date },
): Promise<void> {
  await door
    .insertInto('door_steps')
    .values({
      hash,
      kind,
      person_id: person,
      data: JSON.stringify(data),
      expires_at: new Date(now.getTime() + STEP_MS),
    })
    .execute();
}

/** The step that was shown, which stays; null when there is none of this kind, or it is over. */
export async function findStep<Data>(
  door: Door,
  { hash, kind, now }: { hash: string; kind: StepKind; now: Date },
): Promise<Step<Data> | null> {
  const row = await door
    .selectFrom('door_steps')
    .select(['person_id', 'data'])
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row ? { person: row.person_id, data: row.data as Data } : null;
}

/** The same, and it is gone: a challenge is answered once. */
export async function takeStep<Data>(
  door: Door,
  { hash, kind, now }: { hash: string; kind: StepKind; now: Date },
): Promise<Step<Data> | null> {
  const row = await door
    .deleteFrom('door_steps')
    .where('hash', '=', hash)
    .where('kind', '=', kind)
    .where('expires_at', '>', now)
    .returning(['person_id', 'data'])
    .executeTakeFirst();
  return row ? { person: row.person_id, data: row.data as Data } : null;
}
