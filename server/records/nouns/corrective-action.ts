import { z } from 'zod';
import {
  ACTION_STATES,
  addAction,
  CorrectiveAction,
  changeAction,
  Dropping,
  dropAction,
  findAction,
  findActionForChange,
  finishAction,
  listActions,
  NewAction,
  reopenAction,
  Verification,
  verifyAction,
} from '#/plans/corrective-actions.ts';
import { noun } from '../noun.ts';

/** What somebody did, and somebody else looked at, is their word. */
export const ACTION_TONES = {
  open: 'open',
  overdue: 'danger',
  done: 'declared',
  verified: 'declared',
} as const;

const isOpen = ({ state }: CorrectiveAction) => state === 'open' || state === 'overdue';

export const correctiveAction = noun<CorrectiveAction, NewAction>({
  name: 'corrective-action',
  path: 'corrective-actions',
  tab: 'life',
  titleOf: ({ title }) => title,
  fields: [
    { name: 'title', kind: 'line', max: 500 },
    { name: 'lesson', kind: 'reference', to: 'lessons', optional: true },
    { name: 'owner', kind: 'line' },
    { name: 'dueOn', kind: 'date' },
  ],
  told: [
    { name: 'toldLesson', kind: 'reference', to: 'toldLessons' },
    { name: 'state', kind: 'choice', values: ACTION_STATES, words: 'action-state', tones: ACTION_TONES },
    { name: 'doneAt', kind: 'moment' },
    { name: 'doneBy', kind: 'line' },
    { name: 'verifiedAt', kind: 'moment' },
    { name: 'verifiedBy', kind: 'line' },
    { name: 'effect', kind: 'text' },
    { name: 'droppedReason', kind: 'text' },
  ],
  columns: ['owner', 'dueOn', 'state'],
  item: CorrectiveAction,
  input: NewAction,
  list: listActions,
  find: findAction,
  findForChange: findActionForChange,
  add: addAction,
  change: changeAction,
  right: 'life.change',
  isOpen,
  notices: async (work, { state, doneBy }) =>
    state === 'done' && doneBy === work.actor.name
      ? [{ kind: 'plain', reason: { key: 'corrective-action.awaits-another', params: {} } }]
      : [],
  actions: [
    {
      name: 'completion',
      fields: [],
      input: z.object({}),
      right: 'life.change',
      isOffered: isOpen,
      run: finishAction,
    },
    {
      name: 'verification',
      fields: [{ name: 'effect', kind: 'text', max: 2000 }],
      input: Verification,
      right: 'life.change',
      isOffered: ({ state, doneBy }, work) => state === 'done' && doneBy !== work.actor.name,
      run: verifyAction,
    },
    {
      name: 'reopening',
      fields: [],
      input: z.object({}),
      right: 'life.change',
      isOffered: ({ state }) => state === 'done',
      run: reopenAction,
    },
    {
      name: 'dropping',
      fields: [{ name: 'reason', kind: 'text', max: 2000 }],
      input: Dropping,
      right: 'life.change',
      isOffered: isOpen,
      run: dropAction,
      isFinal: true,
    },
  ],
});
