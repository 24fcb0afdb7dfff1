/** Contact tests: somebody was called, and answered or did not. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { findExercise } from './exercises.ts';
import { Checkbox, Line, OptionalLine } from './text.ts';
import type { Work } from './work.ts';

/** A test of a directory counts for a year (ANSSI's self-assessment of crisis management, 4.1). */
const VALID_MS = 365 * 86_400_000;

export const NewContactTest = z.object({
  contact: z.uuid(),
  contactPoint: z.uuid().nullable().default(null),
  at: z.iso.datetime({ offset: true }),
  method: Line(200),
  isReached: Checkbox.default(false),
  answerSeconds: z.int().min(0).max(604_800).nullable().default(null),
  exercise: z.uuid().nullable().default(null),
  note: OptionalLine(1000).default(null),
});
export type NewContactTest = z.infer<typeof NewContactTest>;

export const ContactTest = z
  .object({
    ...NewContactTest.shape,
    id: z.uuid(),
    client: z.uuid(),
    name: z.string(),
    recordedBy: z.string(),
  })
  .meta({ id: 'ContactTest' });
export type ContactTest = z.infer<typeof ContactTest>;

/**
 * Notes a test. It is the word of whoever called, so its record is declared; a point that answered counts as checked from
 * here.
 */
export async function addContactTest(work: Work, client: string, test: NewContactTest): Promise<ContactTest> {
  allow(work, 'life.change');
  await findClient(work, client);
  const at = new Date(test.at);
  if (at > work.now) throw invalid('at', 'date.in-the-future');
  const contact = await findOwn(work, client, test);
  if (test.exercise && (await findExercise(work, test.exercise)).client !== client)
    throw notFound('exercise');

  const { id } = await work.db
    .insertInto('contact_tests')
    .values({
      client_id: client,
      contact_id: test.contact,
      contact_point_id: test.contactPoint,
      exercise_id: test.exercise,
      at,
      method: test.method,
      is_reached: test.isReached,
      answer_seconds: test.isReached ? test.answerSeconds : null,
      note: test.note,
      recorded_by: work.actor.name,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  if (test.isReached && test.contactPoint)
    await work.db
      .updateTable('contact_points')
      .set({ verified_at: at, verified_by: work.actor.name })
      .where('id', '=', test.contactPoint)
      .where((row) => row.or([row('verified_at', 'is', null), row('verified_at', '<', at)]))
      .execute();
  await record(work, 'contact-test.added', { kind: 'contact-test', id, client }, test);
  await recordEvidence(work, {
    client,
    code: 'CTT',
    subject: { kind: 'contact', id: test.contact, name: contact.name },
    finding: test.isReached ? 'supports' : 'contradicts',
    assertedBy: 'person',
    validUntil: new Date(at.getTime() + VALID_MS),
    content: { ...test, name: contact.name },
  });
  return findContactTest(work, id);
}

export async function findContactTest(work: Work, id: string): Promise<ContactTest> {
  const row = await select(work).where('test.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('contact-test');
  return present(row);
}

/** Newest first. */
export async function listContactTests(work: Work, client: string): Promise<ContactTest[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('test.client_id', '=', client)
    .orderBy('test.at', 'desc')
    .orderBy('test.id')
    .limit(2000)
    .execute();
  return rows.map(present);
}

async function findOwn({ db }: Work, client: string, { contact, contactPoint }: NewContactTest) {
  const found = await db
    .selectFrom('contacts')
    .select(['name', 'client_id'])
    .where('id', '=', contact)
    .executeTakeFirst();
  if (found?.client_id !== client) throw notFound('contact');
  if (contactPoint) {
    const point = await db
      .selectFrom('contact_points')
      .select('contact_id')
      .where('id', '=', contactPoint)
      .executeTakeFirst();
    if (point?.contact_id !== contact) throw invalid('contactPoint', 'contact-test.point-of-another');
  }
  return found;
}

const select = ({ db }: Work) =>
  db
    .selectFrom('contact_tests as test')
    .innerJoin('contacts as contact', (join) =>
      join.onRef('contact.client_id', '=', 'test.client_id').onRef('contact.id', '=', 'test.contact_id'),
    )
    .selectAll('test')
    .select('contact.name');

const present = (
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
): ContactTest => ({
  id: row.id,
  client: row.client_id,
  name: row.name,
  contact: row.contact_id,
  contactPoint: row.contact_point_id,
  at: row.at.toISOString(),
  method: row.method,
  isReached: row.is_reached,
  answerSeconds: row.answer_seconds,
  exercise: row.exercise_id,
  note: row.note,
  recordedBy: row.recorded_by,
});
