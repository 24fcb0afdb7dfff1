/** Client closings: the end of the service for a client, asked by one person and granted by another. One keeper of the rows. */
import { z } from 'zod';
import { allow, may } from './access.ts';
import { record } from './audit.ts';
import { findClient, findClientForChange } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { Text } from './text.ts';
import { personOf, type Work } from './work.ts';

const LAPSES_AFTER_MS = 14 * 86_400_000;

export const CLOSING_STATES = ['asked', 'granted', 'refused', 'withdrawn', 'lapsed', 'reopened'] as const;

export const NewClientClosing = z.object({ reason: Text(2000).trim().min(1) });
export type NewClientClosing = z.infer<typeof NewClientClosing>;

export const ClientClosing = NewClientClosing.extend({
  id: z.uuid(),
  client: z.uuid(),
  state: z.enum(CLOSING_STATES).describe('`granted`: the client is closed'),
  askedAt: z.iso.datetime(),
  askedBy: z.string(),
  askedByPerson: z.uuid(),
  lapsesAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  decidedBy: z.string().nullable(),
  reopenedAt: z.iso.datetime().nullable(),
  reopenedBy: z.string().nullable(),
}).meta({ id: 'ClientClosing' });
export type ClientClosing = z.infer<typeof ClientClosing>;

/** Puts it before somebody else. A token is nobody, so what it asks nobody could be the second person of. */
export async function askClosing(
  work: Work,
  client: string,
  { reason }: NewClientClosing,
): Promise<ClientClosing> {
  allow(work, 'closing.ask');
  const { closedAt } = await findClientForChange(work, client);
  const person = personOf(work.actor);
  if (person === null) throw conflict('closing.asked-by-nobody');
  if (closedAt !== null) throw conflict('client.is-closed');
  if ((await listClosings(work, client)).some(({ state }) => state === 'asked'))
    throw conflict('closing.asked-already');
  const { id } = await work.db
    .insertInto('client_closings')
    .values({
      client_id: client,
      reason,
      asked_at: work.now,
      asked_by: work.actor.name,
      asked_by_person: person,
      lapses_at: new Date(work.now.getTime() + LAPSES_AFTER_MS),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'closing.asked', { kind: 'client-closing', id, client }, { reason });
  return findClosing(work, id);
}

export async function findClosing(work: Work, id: string): Promise<ClientClosing> {
  allow(work, 'closing.read');
  const row = await work.db.selectFrom('client_closings').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('client-closing');
  return present(row, work.now);
}

export async function findClosingForChange(work: Work, id: string): Promise<ClientClosing> {
  await work.db.selectFrom('client_closings').select('id').where('id', '=', id).forUpdate().execute();
  return findClosing(work, id);
}

/** The newest first. */
export async function listClosings(work: Work, client: string): Promise<ClientClosing[]> {
  allow(work, 'closing.read');
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('client_closings')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('asked_at', 'desc')
    .limit(100)
    .execute();
  return rows.map((row) => present(row, work.now));
}

/** What waits for a second person, of all clients in sight, the oldest first. */
export async function listOpenClosings(
  work: Work,
): Promise<{ id: string; client: string; askedBy: string; askedAt: string }[]> {
  if (!may(work, 'closing.read')) return [];
  const rows = await work.db
    .selectFrom('client_closings as closing')
    .innerJoin('clients as client', 'client.client_id', 'closing.client_id')
    .select(['closing.id', 'client.name', 'closing.asked_by', 'closing.asked_at'])
    .where('closing.decision', 'is', null)
    .where('closing.lapses_at', '>', work.now)
    .orderBy('closing.asked_at')
    .limit(100)
    .execute();
  return rows.map(({ id, name, asked_by, asked_at }) => ({
    id,
    client: name,
    askedBy: asked_by,
    askedAt: asked_at.toISOString(),
  }));
}

function present(
  row: {
    id: string;
    client_id: string;
    reason: string;
    asked_at: Date;
    asked_by: string;
    asked_by_person: string;
    lapses_at: Date;
    decision: string | null;
    decided_at: Date | null;
    decided_by: string | null;
    reopened_at: Date | null;
    reopened_by: string | null;
  },
  now: Date,
): ClientClosing {
  return {
    id: row.id,
    client: row.client_id,
    reason: row.reason,
    state: stateOf(row, now),
    askedAt: row.asked_at.toISOString(),
    askedBy: row.asked_by,
    askedByPerson: row.asked_by_person,
    lapsesAt: row.lapses_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    decidedBy: row.decided_by,
    reopenedAt: row.reopened_at?.toISOString() ?? null,
    reopenedBy: row.reopened_by,
  };
}

function stateOf(
  {
    decision,
    lapses_at,
    reopened_at,
  }: { decision: string | null; lapses_at: Date; reopened_at: Date | null },
  now: Date,
): ClientClosing['state'] {
  if (reopened_at !== null) return 'reopened';
  if (decision === null) return lapses_at <= now ? 'lapsed' : 'asked';
  return decision as ClientClosing['state'];
}
