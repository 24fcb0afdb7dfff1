import { listReviews, type Review } from '#/plans/reviews.ts';
import type { Work } from '#/plans/work.ts';
import type { SubList } from '../noun.ts';

/** The review of an incident or exercise, on its page: there is one from its end on. */
export async function reviewPart(
  work: Work,
  client: string,
  of: Pick<Review['of'], 'kind' | 'id'>,
): Promise<SubList[]> {
  const rows = (await listReviews(work, client))
    .filter((review) => review.of.kind === of.kind && review.of.id === of.id)
    .map(({ id, title, dueOn, isOverdue, heldOn, closedAt }) => ({
      href: `/reviews/${id}`,
      values: { title, dueOn, isOverdue, heldOn, closedAt },
    }));
  if (rows.length === 0) return [];
  return [
    {
      name: 'reviews-of',
      columns: [
        { name: 'title', kind: 'line' },
        { name: 'dueOn', kind: 'date' },
        { name: 'isOverdue', kind: 'tick' },
        { name: 'heldOn', kind: 'date' },
        { name: 'closedAt', kind: 'moment' },
      ],
      rows,
    },
  ];
}
