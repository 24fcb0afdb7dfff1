import { z } from 'zod';
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
import { noun } from '../noun.ts';

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
    { name: 'dueOn', kind: 'date' },
    { name: 'isOverdue', kind: 'tick' },
    { name: 'closedAt', kind: 'moment' },
    { name: 'closedBy', kind: 'line' },
  ],
  columns: ['dueOn', 'isOverdue', 'heldOn', 'closedAt'],
  item: Review,
  input: ReviewChange,
  list: listReviews,
  find: findReview,
  findForChange: findReviewForChange,
  change: changeReview,
  right: 'life.change',
  isOpen: ({ closedAt }) => closedAt === null,
  parts: async (work, { id, client, closedAt }) => [
    {
      name: 'review.lessons',
      columns: [
        { name: 'text', kind: 'text' },
        { name: 'severity', kind: 'choice', values: SEVERITIES, words: 'severity' },
      ],
      rows: (await listLessons(work, client))
        .filter((lesson) => lesson.review === id)
        .map(({ id: lesson, text, severity }) => ({
          href: `/lessons/${lesson}`,
          values: { text, severity },
        })),
      addHref: closedAt ? null : `/clients/${client}/lessons/new`,
    },
  ],
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
