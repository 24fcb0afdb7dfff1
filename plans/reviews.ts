/** Reviews after an incident or exercise (RETEX): due thirty days after its end, and closed once lessons have actions. */
import { z } from 'zod';
import { allow } from './access.ts';
import { record } from './audit.ts';
import { findClient } from './clients.ts';
import { conflict, invalid, notFound } from './errors.ts';
import { recordEvidence } from './evidence.ts';
import { OptionalDate, OptionalText } from './text.ts';
import type { Work } from './work.ts';

/** ANSSI's self-assessment of crisis management, 3.1: within thirty days of the end. */
const DUE_DAYS = 30;

export const ReviewChange = z.object({
  heldOn: OptionalDate.default(null),
  participants: OptionalText(2000).default(null),
  causes: OptionalText(10_000).default(null),
  whatWorked: OptionalText(10_000).default(null),
  whatFailed: OptionalText(10_000).default(null),
});
export type ReviewChange = z.infer<typeof ReviewChange>;

export const Review = z
  .object({
    ...ReviewChange.shape,
    id: z.uuid(),
    client: z.uuid(),
    of: z.object({ kind: z.enum(['incident', 'exercise']), id: z.uuid(), title: z.string() }),
    title: z.string(),
    dueOn: z.iso.date(),
    isOverdue: z.boolean(),
    closedAt: z.iso.datetime().nullable(),
    closedBy: z.string().nullable(),
  })
  .meta({ id: 'Review' });
export type Review = z.infer<typeof Review>;

/** Opens the review of something that has ended. There is one for each. */
export async function openReview(
  work: Work,
  client: string,
  of: { kind: 'incident' | 'exercise'; id: string },
  endedAt: Date,
): Promise<void> {
  const due = new Date(endedAt.getTime() + DUE_DAYS * 86_400_000).toISOString().slice(0, 10);
  const { id } = await work.db
    .insertInto('reviews')
    .values({
      client_id: client,
      incident_id: of.kind === 'incident' ? of.id : null,
      exercise_id: of.kind === 'exercise' ? of.id : null,
      due_on: due,
      changed_at: work.now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await record(work, 'review.opened', { kind: 'review', id, client }, { of, due });
}

export async function changeReview(work: Work, id: string, review: ReviewChange): Promise<Review> {
  allow(work, 'life.change');
  const before = await findReviewForChange(work, id);
  if (before.closedAt) throw conflict('review.closed');
  if (review.heldOn && review.heldOn > today(work)) throw invalid('heldOn', 'date.in-the-future');

  await work.db
    .updateTable('reviews')
    .set({
      held_on: review.heldOn,
      participants: review.participants,
      causes: review.causes,
      what_worked: review.whatWorked,
      what_failed: review.whatFailed,
      changed_at: work.now,
    })
    .where('id', '=', id)
    .execute();
  await record(
    work,
    'review.changed',
    { kind: 'review', id, client: before.client },
    { before, after: review },
  );
  return findReview(work, id);
}

/** Closes a review that was held, says what it found, and has an action for each lesson that weighs. */
export async function closeReview(work: Work, id: string): Promise<Review> {
  allow(work, 'life.change');
  const review = await findReviewForChange(work, id);
  if (review.closedAt) throw conflict('review.closed');
  if (!review.heldOn || !review.causes || !review.whatWorked) throw conflict('review.incomplete');
  const open = await countLessonsWithoutAction(work, id);
  if (open > 0) throw conflict('review.lessons-without-action', { count: open });

  await work.db
    .updateTable('reviews')
    .set({ closed_at: work.now, closed_by: work.actor.name, changed_at: work.now })
    .where('id', '=', id)
    .execute();
  await record(work, 'review.closed', { kind: 'review', id, client: review.client }, { of: review.of });
  await recordEvidence(work, {
    client: review.client,
    code: 'PIR',
    subject: { kind: review.of.kind, id: review.of.id, name: review.of.title },
    finding: 'supports',
    assertedBy: 'system',
    validUntil: null,
    content: { ...review, closedBy: work.actor.name },
  });
  return findReview(work, id);
}

export async function findReview(work: Work, id: string): Promise<Review> {
  const row = await select(work).where('review.id', '=', id).executeTakeFirst();
  if (!row) throw notFound('review');
  return present(row, work);
}

/** The same, and nobody else changes it until this work has ended. */
export async function findReviewForChange(work: Work, id: string): Promise<Review> {
  await work.db.selectFrom('reviews').select('id').where('id', '=', id).forUpdate().execute();
  return findReview(work, id);
}

export async function listReviews(work: Work, client: string): Promise<Review[]> {
  await findClient(work, client);
  const rows = await select(work)
    .where('review.client_id', '=', client)
    .orderBy('review.due_on', 'desc')
    .orderBy('review.id')
    .limit(1000)
    .execute();
  return rows.map((row) => present(row, work));
}

const select = ({ db }: Work) =>
  db
    .selectFrom('reviews as review')
    .leftJoin('incidents as incident', (join) =>
      join
        .onRef('incident.client_id', '=', 'review.client_id')
        .onRef('incident.id', '=', 'review.incident_id'),
    )
    .leftJoin('exercises as exercise', (join) =>
      join
        .onRef('exercise.client_id', '=', 'review.client_id')
        .onRef('exercise.id', '=', 'review.exercise_id'),
    )
    .selectAll('review')
    .select(['incident.title as incident_title', 'exercise.title as exercise_title']);

async function countLessonsWithoutAction({ db }: Work, review: string): Promise<number> {
  const { count } = await db
    .selectFrom('lessons as lesson')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('lesson.origin_kind', '=', 'review')
    .where('lesson.origin_id', '=', review)
    .where('lesson.severity', 'in', ['major', 'critical'])
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('corrective_actions as action')
            .select('action.id')
            .whereRef('action.client_id', '=', 'lesson.client_id')
            .whereRef('action.lesson_id', '=', 'lesson.id'),
        ),
      ),
    )
    .executeTakeFirstOrThrow();
  return count;
}

const today = ({ now }: Work) => now.toISOString().slice(0, 10);

function present(
  row: Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>,
  work: Work,
): Review {
  const title = row.incident_title ?? row.exercise_title ?? '';
  return {
    id: row.id,
    client: row.client_id,
    of: row.incident_id
      ? { kind: 'incident', id: row.incident_id, title }
      : { kind: 'exercise', id: row.exercise_id ?? '', title },
    title,
    dueOn: row.due_on,
    isOverdue: row.closed_at === null && row.due_on < today(work),
    heldOn: row.held_on,
    participants: row.participants,
    causes: row.causes,
    whatWorked: row.what_worked,
    whatFailed: row.what_failed,
    closedAt: row.closed_at?.toISOString() ?? null,
    closedBy: row.closed_by,
  };
}
