/** Lessons: what was found, strong or wanting, by whatever brought it to light. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, notFound } from './errors.ts';
import { findReview } from './reviews.ts';
import { Text } from './text.ts';
import type { Work } from './work.ts';

export const LESSON_ORIGINS = [
  'review',
  'exercise',
  'incident',
  'restore-test',
  'audit',
  'rule',
  'other',
] as const;
export const SEVERITIES = ['strength', 'minor', 'major', 'critical'] as const;

export const NewLesson = z.object({
  text: Text(4000).refine((text) => text.trim() !== '', { error: 'lesson.empty' }),
  severity: z.enum(SEVERITIES),
  review: z.uuid().nullable().default(null).describe('The review that found it'),
  origin: z.enum(LESSON_ORIGINS).default('other').describe('Where it comes from, when it is no review'),
});
export type NewLesson = z.infer<typeof NewLesson>;

export const Lesson = z
  .object({
    ...NewLesson.shape,
    id: z.uuid(),
    client: z.uuid(),
    recordedBy: z.string(),
    recordedAt: z.iso.datetime(),
  })
  .meta({ id: 'Lesson' });
export type Lesson = z.infer<typeof Lesson>;

/** Writes a lesson down. It stays as it was written. */
export async function addLesson(work: Work, client: string, lesson: NewLesson): Promise<Lesson> {
  allow(work, 'life.change');
  await findClient(work, client);
  if (lesson.review) {
    const review = await findReview(work, lesson.review);
    if (review.client !== client) throw notFound('review');
    if (review.closedAt) throw conflict('review.closed');
  }
  const { id } = await work.db
    .insertInto('lessons')
    .values({
      client_id: client,
      origin_kind: lesson.review ? 'review' : lesson.origin,
      origin_id: lesson.review,
      text: lesson.text,
      severity: lesson.severity,
      recorded_by: work.actor.name,
      created_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'lesson.added', { kind: 'lesson', id, client }, lesson);
  return findLesson(work, id);
}

export async function findLesson({ db }: Work, id: string): Promise<Lesson> {
  const row = await db.selectFrom('lessons').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('lesson');
  return present(row);
}

export async function listLessons(work: Work, client: string): Promise<Lesson[]> {
  await findClient(work, client);
  const rows = await work.db
    .selectFrom('lessons')
    .selectAll()
    .where('client_id', '=', client)
    .orderBy('created_at', 'desc')
    .orderBy('id')
    .limit(5000)
    .execute();
  return rows.map(present);
}

const present = (row: {
  id: string;
  client_id: string;
  origin_kind: string;
  origin_id: string | null;
  text: string;
  severity: string;
  recorded_by: string;
  created_at: Date;
}): Lesson => ({
  id: row.id,
  client: row.client_id,
  origin: row.origin_kind as Lesson['origin'],
  review: row.origin_kind === 'review' ? row.origin_id : null,
  text: row.text,
  severity: row.severity as Lesson['severity'],
  recordedBy: row.recorded_by,
  recordedAt: row.created_at.toISOString(),
});
