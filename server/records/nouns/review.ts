import { z } from 'zod';
import { may } from '#/plans/access.ts';
import { listActions } from '#/plans/corrective-actions.ts';
import { listLessons, SEVERITIES } from '#/plans/lessons.ts';
import {
  changeReview,
  closeReview,
  findReview,
  findReviewForChange,
  listReviews,
  Review,
  ReviewChange,
} from '#/plans/reviews.ts';
import type { Work } from '#/plans/work.ts';
import { noun, type SubList } from '../noun.ts';

export const review = noun<Review, ReviewChange>({
  name: 'review',
  path: 'reviews',
  tab: 'life',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'heldOn', kind: 'date', optional: true },
    { name: 'participants', kind: 'text', optional: true, max: 2000, rows: 2 },
    { name: 'causes', kind: 'text', optional: true, max: 10_000, rows: 5 },
    { name: 'whatWorked', kind: 'text', optional: true, max: 10_000, rows: 5 },
    { name: 'whatFailed', kind: 'text', optional: true, max: 10_000, rows: 5 },
  ],
  told: [
    { name: 'incident', kind: 'reference', to: 'incidents' },
    { name: 'exercise', kind: 'reference', to: 'exercises' },
    { name: 'dueOn', kind: 'date' },
    { name: 'isOverdue', kind: 'tick' },
    { name: 'closedAt', kind: 'moment' },
    { name: 'closedBy', kind: 'line' },
  ],
  valuesOf: ({ of }) => ({ [of.kind]: of.id }),
  columns: ['dueOn', 'isOverdue', 'heldOn', 'closedAt'],
  item: Review,
  input: ReviewChange,
  list: listReviews,
  find: findReview,
  findForChange: findReviewForChange,
  change: changeReview,
  right: 'life.change',
  isOpen: ({ closedAt }) => closedAt === null,
  parts: async (work, review) => [await lessonsPart(work, review)],
  actions: [
    {
      name: 'closure',
      fields: [],
      input: z.object({}),
      right: 'life.change',
      isOffered: ({ closedAt }) => closedAt === null,
      run: closeReview,
      isFinal: true,
    },
  ],
});

async function lessonsPart(work: Work, { id, client, closedAt }: Review): Promise<SubList> {
  const actions = await listActions(work, client);
  return {
    name: 'review.lessons',
    columns: [
      { name: 'text', kind: 'text' },
      { name: 'severity', kind: 'choice', values: SEVERITIES, words: 'severity' },
      { name: 'actions', kind: 'number' },
    ],
    rows: (await listLessons(work, client))
      .filter((lesson) => lesson.review === id)
      .map(({ id: lesson, text, severity }) => ({
        href: `/lessons/${lesson}`,
        values: { text, severity, actions: actions.filter((action) => action.lesson === lesson).length },
      })),
    addHref:
      closedAt === null && may(work, 'life.change') ? `/clients/${client}/lessons/new?review=${id}` : null,
  };
}
