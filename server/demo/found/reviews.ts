/** Founds what was learnt: a review (RETEX) with its lessons, and what is to be done about them. */
import { addAction, dropAction, finishAction, NewAction, verifyAction } from '#/plans/corrective-actions.ts';
import { addLesson, NewLesson } from '#/plans/lessons.ts';
import { changeReview, closeReview, listReviews, ReviewChange } from '#/plans/reviews.ts';
import type { DemoAction, DemoReview } from '../content/demo-client.ts';
import { type Chapter, desk, type Story } from './story.ts';

/** `of` is the name of the exercise or incident that ended before. */
export function reviewChapters(of: string, review: DemoReview): Chapter[] {
  const { held, closed, by } = review;
  const actions = review.lessons.flatMap((lesson) => lesson.actions ?? []);
  return [
    { on: held, tell: (story) => hold(story, of, review) },
    ...(closed === null
      ? []
      : [
          {
            on: closed,
            tell: async (story: Story) => {
              await closeReview(desk(story, by, closed, '17:00')(), story.refs.id(`review ${of}`));
            },
          },
        ]),
    ...actions.flatMap(actionChapters),
  ];
}

async function hold(story: Story, of: string, { held, by, said, lessons }: DemoReview): Promise<void> {
  const { client, refs, clock } = story;
  const next = desk(story, by, held, '14:00', 300);
  const reviews = await listReviews(next(), client);
  const { id } = reviews.find((one) => one.of.id === refs.id(of))!;
  refs.set(`review ${of}`, id);
  await changeReview(next(), id, ReviewChange.parse({ ...said, heldOn: clock.day(held) }));
  for (const { actions = [], ...lesson } of lessons) {
    const added = await addLesson(next(), client, NewLesson.parse({ ...lesson, review: id }));
    for (const action of actions) await addOne(story, next(), action, added.id);
  }
}

export async function addOne(
  { client, refs, clock }: Story,
  work: Story['work'],
  { title, owner, due }: DemoAction,
  lesson: string | null,
): Promise<void> {
  const action = NewAction.parse({ title, owner, lesson, dueOn: clock.day(due) });
  refs.set(`action ${title}`, (await addAction(work, client, action)).id);
}

/** What became of an action later. */
export const actionChapters = ({ title, done, verified, dropped }: DemoAction): Chapter[] => [
  ...(done
    ? [
        later(done.on, async (story) => {
          await finishAction(desk(story, done.by, done.on, '16:30')(), story.refs.id(`action ${title}`));
        }),
      ]
    : []),
  ...(verified
    ? [
        later(verified.on, async (story) => {
          const work = desk(story, verified.by, verified.on, '09:30')();
          await verifyAction(work, story.refs.id(`action ${title}`), { effect: verified.effect });
        }),
      ]
    : []),
  ...(dropped
    ? [
        later(dropped.on, async (story) => {
          const work = desk(story, story.content.author, dropped.on, '09:45')();
          await dropAction(work, story.refs.id(`action ${title}`), { reason: dropped.reason });
        }),
      ]
    : []),
];

const later = (on: number, tell: Chapter['tell']): Chapter => ({ on, tell });
