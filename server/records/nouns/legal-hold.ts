import {
  askToLiftHold,
  findHold,
  findHoldForChange,
  LegalHold,
  LiftingHold,
  listHolds,
  NewLegalHold,
  placeHold,
} from '#/plans/retention/legal-holds.ts';
import { noun } from '../noun.ts';

export const legalHold = noun<LegalHold, NewLegalHold>({
  name: 'legal-hold',
  path: 'legal-holds',
  tab: 'protection',
  titleOf: ({ reason }) => reason,
  fields: [
    { name: 'reason', kind: 'text', max: 2000, rows: 3 },
    { name: 'asset', kind: 'reference', to: 'assets', optional: true },
    { name: 'recoveryPoint', kind: 'reference', to: 'recoveryPoints', optional: true },
    { name: 'until', kind: 'moment', optional: true },
  ],
  told: [
    {
      name: 'state',
      kind: 'choice',
      values: ['standing', 'over', 'lifted'],
      words: 'legal-hold-state',
      tones: { standing: 'warning', over: 'open', lifted: 'open' },
    },
    { name: 'placedAt', kind: 'moment' },
    { name: 'placedBy', kind: 'line' },
    { name: 'liftedAt', kind: 'moment' },
    { name: 'liftedBy', kind: 'line' },
  ],
  columns: ['state', 'asset', 'recoveryPoint', 'placedAt', 'until'],
  item: LegalHold,
  input: NewLegalHold,
  list: listHolds,
  find: findHold,
  findForChange: findHoldForChange,
  add: placeHold,
  right: 'hold.place',
  actions: [
    {
      name: 'lifting',
      fields: [{ name: 'reason', kind: 'text', max: 2000, rows: 2 }],
      input: LiftingHold,
      right: 'hold.place',
      isOffered: ({ state }) => state === 'standing',
      run: askToLiftHold,
    },
  ],
});
