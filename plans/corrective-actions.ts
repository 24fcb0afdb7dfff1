/** Corrective actions: who does what until when, and that somebody else saw that it works. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { findLesson } from './lessons.ts';
import { Line, Text } from './text.ts';
import { isSecondPerson, personOf, type Work } from './work.ts';

const Said = Text(2000).refine((text) => text.trim() !== '', { error: 'action.unsaid' });

export const NewAction = z.object({
  title: Line(500),
  lesson: z.uuid().nullable().default(null),
  owner: Line(200),
  dueOn: z.iso.date(),
});
export type NewAction = z.infer<typeof NewAction>;

export const ACTION_STATES = ['open', 'overdue', 'done', 'verified', 'dropped'] as const;

export const CorrectiveAction = z
  .object({
    ...NewAction.shape,
    id: z.uuid(),
    client: z.uuid(),
    toldLesson: z.uuid().nullable().describe('What brought it up under another service, as its file told'),
    state: z.enum(ACTION_STATES),
    doneAt: z.iso.datetime().nullable(),
    doneBy: z.string().nullable(),
    verifiedAt: z.iso.datetime().nullable(),
    verifiedBy: z.string().nullable(),
    effect: z.string().nullable(),
    droppedReason: z.string().nullable(),
  })
  .meta({ id: 'CorrectiveAction' });
export type CorrectiveAction = z.infer<typeof CorrectiveAction>;

export async function addAction(work: Work, client: string, action: NewAction): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  await findClient(work, client);
  await refuseForeignLesson(work, client, action);
  return insert(work, client, action, null);
}

/** An action that was open when its client was taken over from a file: it goes on here, and names what it came of there. */
export async function takeAction(
  work: Work,
  client: string,
  action: NewAction,
  toldLesson: string | null,
): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  await findClient(work, client);
  return insert(work, client, { ...action, lesson: null }, toldLesson);
}

export async function changeAction(work: Work, id: string, action: NewAction): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  const before = await findOpenAction(work, id);
  await refuseForeignLesson(work, before.client, action);

  await work.db
    .updateTable('corrective_actions')
    .set({ ...columns(action), changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'action.changed',
    { kind: 'corrective-action', id, client: before.client },
    { before, after: action },
  );
  return findAction(work, id);
}

export async function finishAction(work: Work, id: string): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  const before = await findOpenAction(work, id);
  await work.db
    .updateTable('corrective_actions')
    .set({
      done_at: work.now,
      done_by: work.actor.name,
      done_by_person: personOf(work.actor),
      changed_at: work.now,
    })
    .where('id', '=', id)
    .execute();
  await record(work, 'action.done', { kind: 'corrective-action', id, client: before.client });
  return findAction(work, id);
}

export const Verification = z.object({ effect: Said });

/**
 * Says that what was done works. Whoever did it is not the one to say so, and it is proven only when two people are known
 * to have done the one and the other.
 */
export async function verifyAction(
  work: Work,
  id: string,
  { effect }: z.infer<typeof Verification>,
): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  const before = await findActionForChange(work, id);
  if (before.state !== 'done') throw conflict('action.not-done');
  const doer = await findDoer(work, id);
  if (before.doneBy === work.actor.name || (doer !== null && doer === personOf(work.actor)))
    throw conflict('action.verified-by-doer', { by: before.doneBy ?? '' });

  await work.db
    .updateTable('corrective_actions')
    .set({ verified_at: work.now, verified_by: work.actor.name, effect, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'action.verified', { kind: 'corrective-action', id, client: before.client }, { effect });
  await recordEvidence(work, {
    client: before.client,
    code: 'ACT',
    subject: { kind: 'client', id: before.client, name: before.title },
    finding: 'supports',
    assertedBy: isSecondPerson(work.actor, doer) ? 'system' : 'person',
    validUntil: null,
    content: { action: id, title: before.title, doneBy: before.doneBy, verifiedBy: work.actor.name, effect },
  });
  return findAction(work, id);
}

async function findDoer({ db }: Work, id: string): Promise<string | null> {
  const { done_by_person } = await db
    .selectFrom('corrective_actions')
    .select('done_by_person')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return done_by_person;
}

/** Takes back that it is done: it did not work. */
export async function reopenAction(work: Work, id: string): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  const before = await findActionForChange(work, id);
  if (before.state !== 'done') throw conflict('action.not-done');
  await work.db
    .updateTable('corrective_actions')
    .set({ done_at: null, done_by: null, done_by_person: null, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'action.reopened', { kind: 'corrective-action', id, client: before.client });
  return findAction(work, id);
}

export const Dropping = z.object({ reason: Said });

export async function dropAction(
  work: Work,
  id: string,
  { reason }: z.infer<typeof Dropping>,
): Promise<CorrectiveAction> {
  allow(work, 'life.change');
  const before = await findOpenAction(work, id);
  await work.db
    .updateTable('corrective_actions')
    .set({ dropped_at: work.now, dropped_reason: reason, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'action.dropped', { kind: 'corrective-action', id, client: before.client }, { reason });
  return findAction(work, id);
}

export async function findAction(work: Work, id: string): Promise<CorrectiveAction> {
  const row = await work.db
    .selectFrom('corrective_actions')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('action');
  return present(row, work);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findActionForChange(work: Work, id: string): Promise<CorrectiveAction> {
  await work.db.selectFrom('corrective_actions').select('id').where('id', '=', id).forUpdate().execute();
  return findAction(work, id);
}

/** What is still to be done or looked at first, the oldest debt above. */
export async function listActions(work: Work, client: string): Promise<CorrectiveAction[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('corrective_actions')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy(({ or, eb }) => or([eb('verified_at', 'is not', null), eb('dropped_reason', 'is not', null)]))
    .orderBy('due_on')
    .orderBy('id')
    .limit(5000)
    .execute();
  return rows.map((row) => present(row, work));
}

async function findOpenAction(work: Work, id: string): Promise<CorrectiveAction> {
  const action = await findActionForChange(work, id);
  if (action.state !== 'open' && action.state !== 'overdue')
    throw conflict('action.not-open', { title: action.title });
  return action;
}

async function refuseForeignLesson(work: Work, client: string, { lesson }: NewAction) {
  if (lesson && (await findLesson(work, lesson)).client !== client) throw notFound('lesson');
}

async function insert(work: Work, client: string, action: NewAction, toldLesson: string | null) {
  const { id } = await work.db
    .insertInto('corrective_actions')
    .values({
      client_id: client,
      ...columns(action),
      told_lesson_id: toldLesson,
      created_at: work.now,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'action.added', { kind: 'corrective-action', id, client }, { ...action, toldLesson });
  return findAction(work, id);
}

const columns = ({ title, lesson, owner, dueOn }: NewAction) => ({
  title,
  lesson_id: lesson,
  owner,
  due_on: dueOn,
});

interface Row {
  id: string;
  client_id: string;
  title: string;
  lesson_id: string | null;
  told_lesson_id: string | null;
  owner: string;
  due_on: string;
  done_at: Date | null;
  done_by: string | null;
  verified_at: Date | null;
  verified_by: string | null;
  effect: string | null;
  dropped_at: Date | null;
  dropped_reason: string | null;
}

const present = (row: Row, work: Work): CorrectiveAction => ({
  id: row.id,
  client: row.client_id,
  title: row.title,
  lesson: row.lesson_id,
  toldLesson: row.told_lesson_id,
  owner: row.owner,
  dueOn: row.due_on,
  state: stateOf(row, work.now),
  doneAt: row.done_at?.toISOString() ?? null,
  doneBy: row.done_by,
  verifiedAt: row.verified_at?.toISOString() ?? null,
  verifiedBy: row.verified_by,
  effect: row.effect,
  droppedReason: row.dropped_reason,
});

function stateOf(row: Row, now: Date): CorrectiveAction['state'] {
  if (row.dropped_at) return 'dropped';
  if (row.verified_at) return 'verified';
  if (row.done_at) return 'done';
  return row.due_on < now.toISOString().slice(0, 10) ? 'overdue' : 'open';
}
