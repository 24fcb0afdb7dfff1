/** Holders of a recovery key: who keeps a copy of it, where, and when they were last seen to open something with it. */
import { sql } from 'kysely';
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { refuseForeign } from './own.ts';
import { OptionalLine } from './text.ts';
import type { Work } from './work.ts';

const DAY_MS = 86_400_000;

export const HOLDER_STATES = ['opened', 'overdue', 'never', 'ended'] as const;

export const KeyHolderChange = z.object({
  place: OptionalLine(200).default(null).describe('Where the copy lies'),
});
export type KeyHolderChange = z.infer<typeof KeyHolderChange>;

export const NewKeyHolder = z.object({
  key: z.uuid().describe('A recovery key of the client'),
  contact: z.uuid(),
  ...KeyHolderChange.shape,
});
export type NewKeyHolder = z.infer<typeof NewKeyHolder>;

export const KeyHolder = z
  .object({
    ...NewKeyHolder.shape,
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    fingerprint: z.string(),
    since: z.iso.datetime(),
    endedAt: z.iso.datetime().nullable(),
    state: z.enum(HOLDER_STATES),
    openedAt: z.iso.datetime().nullable().describe('When a drill last showed that they can open with it'),
    dueAt: z.iso
      .datetime()
      .nullable()
      .describe('By when the next drill is to show it; null before the first'),
  })
  .meta({ id: 'KeyHolder' });
export type KeyHolder = z.infer<typeof KeyHolder>;

export async function addKeyHolder(work: Work, client: string, holder: NewKeyHolder): Promise<KeyHolder> {
  allow(work, 'inventory.change');
  await findClient(work, client);
  await refuseForeign(work, client, 'contact', [holder.contact]);
  await refuseOtherKey(work, client, holder.key);
  await refuseKnown(work, holder);

  const { id } = await work.db
    .insertInto('key_holders')
    .values({
      client_id: client,
      key_id: holder.key,
      contact_id: holder.contact,
      place: holder.place,
      since: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'key-holder.added', { kind: 'key-holder', id, client }, holder);
  return findKeyHolder(work, id);
}

export async function changeKeyHolder(
  work: Work,
  id: string,
  { place }: KeyHolderChange,
): Promise<KeyHolder> {
  allow(work, 'inventory.change');
  const before = await findKeyHolderForChange(work, id);
  if (before.place === place) return before;
  await work.db.updateTable('key_holders').set({ place }).where('id', '=', id).execute();
  await record(
    work,
    'key-holder.changed',
    { kind: 'key-holder', id, client: before.client },
    { before: { place: before.place }, after: { place } },
  );
  return findKeyHolder(work, id);
}

/** They hold it no more. What they showed while they did stays on record. */
export async function endKeyHolder(work: Work, id: string): Promise<KeyHolder> {
  allow(work, 'inventory.change');
  const { client, endedAt } = await findKeyHolderForChange(work, id);
  if (endedAt !== null) throw conflict('key-holder.ended');
  await work.db.updateTable('key_holders').set({ ended_at: work.now }).where('id', '=', id).execute();
  await work.db
    .updateTable('key_drills')
    .set({ state: 'expired', ended_at: work.now })
    .where('holder_id', '=', id)
    .where('state', '=', 'open')
    .execute();
  await record(work, 'key-holder.ended', { kind: 'key-holder', id, client });
  return findKeyHolder(work, id);
}

export async function findKeyHolder(work: Work, id: string): Promise<KeyHolder> {
  allow(work, 'client.read');
  const row = await select(work).where('holder.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('key-holder');
  return present(row, work.now);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findKeyHolderForChange(work: Work, id: string): Promise<KeyHolder> {
  await work.db.selectFrom('key_holders').select('id').where('id', '=', id).forUpdate().execute();
  return findKeyHolder(work, id);
}

/** Those who hold one now first. */
export async function listKeyHolders(work: Work, client: string): Promise<KeyHolder[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('holder.client_id', '=', client)
    .orderBy(sql`holder.ended_at desc nulls first`)
    .orderBy('contact.name')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work.now));
}

/** When the next drill is due after one, by the client's interval. */
export const dueAfter = (openedAt: Date, days: number): Date => new Date(openedAt.getTime() + days * DAY_MS);

async function refuseOtherKey({ db }: Work, client: string, key: string) {
  const found = await db
    .selectFrom('client_keys')
    .select(['client_id', 'purpose'])
    .where('id', '=', key)
    .executeTakeFirst();
  if (found?.client_id !== client) throw notFound('client-key');
  if (found.purpose !== 'recovery') throw invalid('key', 'key-holder.verifier');
}

async function refuseKnown({ db }: Work, { key, contact }: NewKeyHolder) {
  const known = await db
    .selectFrom('key_holders')
    .select('id')
    .where('key_id', '=', key)
    .where('contact_id', '=', contact)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (known) throw conflict('key-holder.known');
}

const select = ({ db }: Work) =>
  db
    .selectFrom('key_holders as holder')
    .innerJoin('contacts as contact', (join) =>
      join.onRef('contact.client_id', '=', 'holder.client_id').onRef('contact.id', '=', 'holder.contact_id'),
    )
    .innerJoin('client_keys as key', (join) =>
      join.onRef('key.client_id', '=', 'holder.client_id').onRef('key.id', '=', 'holder.key_id'),
    )
    .innerJoin('clients as client', (join) => join.onRef('client.client_id', '=', 'holder.client_id'))
    .selectAll('holder')
    .select(['contact.name', 'key.fingerprint', 'client.key_drill_days'])
    .select(({ selectFrom }) =>
      selectFrom('key_drills as drill')
        .select(({ fn }) => fn.max('drill.opened_at').as('opened_at'))
        .whereRef('drill.client_id', '=', 'holder.client_id')
        .whereRef('drill.holder_id', '=', 'holder.id')
        .as('opened_at'),
    );

type Row = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

function present(row: Row, now: Date): KeyHolder {
  const dueAt = row.opened_at && dueAfter(row.opened_at, row.key_drill_days);
  const standing = dueAt === null ? 'never' : dueAt < now ? 'overdue' : 'opened';
  return {
    id: row.id,
    client: row.client_id,
    key: row.key_id,
    contact: row.contact_id,
    place: row.place,
    name: row.name,
    fingerprint: row.fingerprint,
    since: row.since.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    state: row.ended_at === null ? standing : 'ended',
    openedAt: row.opened_at?.toISOString() ?? null,
    dueAt: dueAt?.toISOString() ?? null,
  };
}
