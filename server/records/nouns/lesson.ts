import { may } from '#/plans/access.ts';
import { ACTION_STATES, listActions } from '#/plans/corrective-actions.ts';
import {
  addLesson,
  findLesson,
  LESSON_ORIGINS,
  Lesson,
  listLessons,
  NewLesson,
  SEVERITIES,
} from '#/plans/lessons.ts';
import { noun } from '../noun.ts';
import { ACTION_TONES } from './corrective-action.ts';

export const lesson = noun<Lesson, NewLesson>({
  name: 'lesson',
  path: 'lessons',
  tab: 'life',
  titleOf: ({ text }) => (text.length > 120 ? `${text.slice(0, 119)}…` : text),
  fields: [
    { name: 'text', kind: 'text' },
    { name: 'severity', kind: 'choice', values: SEVERITIES, words: 'severity' },
    { name: 'review', kind: 'reference', to: 'reviews', optional: true },
    { name: 'origin', kind: 'choice', values: LESSON_ORIGINS, words: 'lesson-origin' },
  ],
  told: [
    { name: 'recordedBy', kind: 'line' },
    { name: 'recordedAt', kind: 'moment' },
  ],
  columns: ['severity', 'origin', 'recordedAt'],
  item: Lesson,
  input: NewLesson,
  list: listLessons,
  find: findLesson,
  add: addLesson,
  right: 'life.change',
  start: async () => ({ origin: 'other' }),
  parts: async (work, { id, client }) => [
    {
      name: 'lesson.actions',
      columns: [
        { name: 'title', kind: 'line' },
        { name: 'owner', kind: 'line' },
        { name: 'dueOn', kind: 'date' },
        { name: 'state', kind: 'choice', values: ACTION_STATES, words: 'action-state', tones: ACTION_TONES },
      ],
      rows: (await listActions(work, client))
        .filter((action) => action.lesson === id)
        .map(({ id: action, title, owner, dueOn, state }) => ({
          href: `/corrective-actions/${action}`,
          values: { title, owner, dueOn, state },
        })),
      addHref: may(work, 'life.change') ? `/clients/${client}/corrective-actions/new?lesson=${id}` : null,
    },
  ],
});
