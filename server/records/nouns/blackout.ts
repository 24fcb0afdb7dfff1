import {
  addBlackout,
  Blackout,
  changeBlackout,
  findBlackout,
  findBlackoutForChange,
  listBlackouts,
  NewBlackout,
  removeBlackout,
} from '#/plans/blackouts.ts';
import { RUNNING } from '#/plans/schedules/blackouts.ts';
import { noun } from '../noun.ts';

export const blackout = noun<Blackout, NewBlackout>({
  name: 'blackout',
  path: 'blackouts',
  tab: 'protection',
  titleOf: ({ name }) => name,
  fields: [
    { name: 'name', kind: 'line', max: 100 },
    { name: 'hours', kind: 'hours', optional: true },
    { name: 'from', kind: 'line', max: 16, optional: true },
    { name: 'until', kind: 'line', max: 16, optional: true },
    { name: 'running', kind: 'choice', values: RUNNING, words: 'blackout-running' },
  ],
  columns: ['hours', 'from', 'until', 'running'],
  item: Blackout,
  input: NewBlackout,
  list: listBlackouts,
  find: findBlackout,
  findForChange: findBlackoutForChange,
  add: addBlackout,
  change: changeBlackout,
  remove: removeBlackout,
  right: 'protection.change',
  start: async () => ({ running: 'finish' }),
});
