import { z } from 'zod';
import {
  grantClosing,
  refuseClosing,
  reopenClient,
  withdrawClosing,
} from '#/plans/client-closing-decisions.ts';
import {
  askClosing,
  CLOSING_STATES,
  ClientClosing,
  findClosing,
  findClosingForChange,
  listClosings,
  NewClientClosing,
} from '#/plans/client-closings.ts';
import { isSecondPerson, personOf } from '#/plans/work.ts';
import { noun } from '../noun.ts';

export const clientClosing = noun<ClientClosing, NewClientClosing>({
  name: 'client-closing',
  path: 'closings',
  tab: 'settings',
  titleOf: ({ reason }) => reason.slice(0, 100),
  fields: [{ name: 'reason', kind: 'text', max: 2000, rows: 3 }],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: CLOSING_STATES,
      words: 'client-closing-state',
      tones: {
        asked: 'warning',
        granted: 'declared',
        lapsed: 'open',
        refused: 'open',
        withdrawn: 'open',
        reopened: 'open',
      },
    },
    { name: 'askedAt', kind: 'moment' },
    { name: 'askedBy', kind: 'line' },
    { name: 'lapsesAt', kind: 'moment' },
    { name: 'decidedAt', kind: 'moment' },
    { name: 'decidedBy', kind: 'line' },
    { name: 'reopenedAt', kind: 'moment' },
    { name: 'reopenedBy', kind: 'line' },
  ],
  columns: ['state', 'askedBy', 'askedAt', 'decidedBy', 'decidedAt'],
  item: ClientClosing,
  input: NewClientClosing,
  list: listClosings,
  find: findClosing,
  findForChange: findClosingForChange,
  add: askClosing,
  right: 'closing.ask',
  notices: async (work, { state, askedByPerson }) =>
    state === 'asked' && !isSecondPerson(work.actor, askedByPerson)
      ? [{ kind: 'plain', reason: { key: 'closing.waits', params: {} } }]
      : [],
  actions: [
    {
      name: 'granting',
      fields: [],
      input: z.object({}),
      right: 'closing.decide',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && isSecondPerson(work.actor, askedByPerson),
      run: grantClosing,
      isFinal: true,
    },
    {
      name: 'refusal',
      fields: [],
      input: z.object({}),
      right: 'closing.decide',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && isSecondPerson(work.actor, askedByPerson),
      run: refuseClosing,
    },
    {
      name: 'withdrawal',
      fields: [],
      input: z.object({}),
      right: 'closing.read',
      isOffered: ({ state, askedByPerson }, work) =>
        state === 'asked' && personOf(work.actor) === askedByPerson,
      run: withdrawClosing,
    },
    {
      name: 'reopening',
      fields: [],
      input: z.object({}),
      right: 'closing.ask',
      isOffered: ({ state }) => state === 'granted',
      run: reopenClient,
    },
  ],
});
